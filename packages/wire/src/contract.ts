// The HTTP API, as values: the server's routes, the typed client, the tests and the OpenAPI document are read off
// these and say nothing again.

import type { Right } from '@mainstay/core/access';
import { z } from 'zod';
import { acceptInvitation, account, accountList, accountParams, changeAccount, changePassword, createdInvitation, createInvitation, invitationList, invitationParams, linkCode, makeOwner, openInvitation, openResetLink, ownSessionList, ownSessionParams, resetLink, resetPassword } from './accounts.ts';
import { agent, agentList, agentParams, configureAgent, joinAgent, joinedAgent, joinToken, portAnswer, portQuery, removeAgentQuery, strayParams, syncResult } from './agents.ts';
import { auditExportQuery, auditPage, auditQuery } from './audit.ts';
import { bulk, bulkParams, createBulk } from './bulk.ts';
import { diskQuery, hostDiskSeries, serverDiskSeries } from './disk.ts';
import { change, eventPage, eventQuery } from './events.ts';
import { addPasskey, confirmTotp, factors, newTotp, passkeyOptions, passkeyParams, recoveryCodes, signInByCode, signInByPasskey } from './factors.ts';
import {
  alarmList,
  channel,
  channelList,
  channelParams,
  configureChannel,
  configureRule,
  createChannel,
  createRule,
  delivery,
  deliveryPage,
  deliveryParams,
  deliveryQuery,
  rule,
  ruleList,
  ruleParams,
  testOutcome,
} from './notifications.ts';
import { operation, operationPage, operationQuery } from './operations.ts';
import {
  cloneServer,
  configureServer,
  consoleAnswer,
  consoleInput,
  consoleMessage,
  consoleQuery,
  createServer,
  logs,
  logsQuery,
  operationParams,
  purgeServer,
  rebuildServer,
  server,
  serverPage,
  serverParams,
  serverQuery,
  startServer,
} from './servers.ts';
import { session, signIn, signInByPassword } from './session.ts';
import { changeSettings, settings } from './settings.ts';
import { finishSso, signInWays, startedSso, startSso } from './sso.ts';
import {
  createFromTemplate,
  createTemplate,
  readAnswer,
  readTemplate,
  saveTemplate,
  serverTemplate,
  template,
  templateList,
  templateParams,
  templateQuery,
} from './templates.ts';
import { createdToken, createToken, tokenList, tokenParams } from './tokens.ts';
import { archiveParams, emptyTrashQuery, restoreTrashed, trash, trashParams } from './trash.ts';
import { usageQuery, usageSeries } from './usage.ts';

/**
 * Whom a route lets in. `none`: anybody. `signed-in`: whoever has a session or a token. `person`: a
 * person's own session, and no token. Else whoever has the right on what the path
 * names: its server, its host, the server of its operation; or on the installation. `somewhere`: whoever has it on anything; the
 * handler sees to it that no more is shown or done.
 */
export type Needs = 'none' | 'signed-in' | 'person' | readonly [Right, 'installation' | 'somewhere' | 'host' | 'server' | 'operation'];

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:name` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly needs: Needs;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** A body that may be left out counts as `{}`. */
  readonly body?: z.ZodType;
  readonly status: 200 | 201 | 202 | 204;
  readonly answer?: z.ZodType;
  /** Of a stream: the shape of its messages. */
  readonly messages?: z.ZodType;
  /** Of a download: the media types that it may have. */
  readonly files?: readonly string[];
  /**
   * `operation`: answers 202 with an operation, honours `Prefer: wait=N` and `Idempotency-Key`. `bulk`: honours `Idempotency-Key`.
   * `stream`: server-sent events. `download`: a file.
   */
  readonly kind: 'plain' | 'operation' | 'bulk' | 'stream' | 'download';
  /** It changes nothing that anybody could miss: the audit log has no row of it. */
  readonly quiet?: true;
}

const plain = { status: 200, kind: 'plain' } as const;
const opens = { status: 202, kind: 'operation', answer: operation } as const;

export const contract = {
  signIn: { ...plain, needs: 'none', method: 'POST', path: '/api/session', summary: 'Sign in with a one-time code; answers with a session cookie', body: signIn, answer: session },
  getSession: { ...plain, needs: 'signed-in', method: 'GET', path: '/api/session', summary: 'Who is signed in', answer: session },
  signOut: { ...plain, needs: 'signed-in', method: 'DELETE', path: '/api/session', summary: 'Sign out', status: 204 },

  signInByPassword: { ...plain, needs: 'none', method: 'POST', path: '/api/session/password', summary: 'Sign in with name and password; answers with a session cookie', body: signInByPassword, answer: session },
  signInByCode: { ...plain, needs: 'none', method: 'POST', path: '/api/session/code', summary: 'The second step, where the first was refused with second-factor: an authenticator app’s code, or a recovery code', body: signInByCode, answer: session },
  askPasskey: { ...plain, quiet: true, needs: 'none', method: 'POST', path: '/api/session/passkey/options', summary: 'What a browser is asked with for a passkey', answer: passkeyOptions },
  signInByPasskey: { ...plain, needs: 'none', method: 'POST', path: '/api/session/passkey', summary: 'Sign in with a passkey', body: signInByPasskey, answer: session },
  getSignInWays: { ...plain, needs: 'none', method: 'GET', path: '/api/session/ways', summary: 'How one may sign in beside a password', answer: signInWays },
  startSso: { ...plain, quiet: true, needs: 'none', method: 'POST', path: '/api/session/sso', summary: 'Begin a sign-on by the identity provider', body: startSso, answer: startedSso },
  finishSso: { ...plain, needs: 'none', method: 'POST', path: '/api/session/sso/finish', summary: 'Come back from the identity provider, and sign in', body: finishSso, answer: session },
  readResetLink: { ...plain, quiet: true, needs: 'none', method: 'POST', path: '/api/session/reset/read', summary: 'Whose password a reset link lets choose; uses nothing up', body: linkCode, answer: openResetLink },
  resetPassword: { ...plain, needs: 'none', method: 'POST', path: '/api/session/reset', summary: 'Choose a new password by a reset link’s code, and sign in; other sessions end', body: resetPassword, answer: session },
  readInvitation: { ...plain, quiet: true, needs: 'none', method: 'POST', path: '/api/invitations/read', summary: 'What an invitation offers, and who made it; uses nothing up', body: linkCode, answer: openInvitation },
  acceptInvitation: { ...plain, needs: 'none', method: 'POST', path: '/api/invitations/accept', summary: 'Make an account by an invitation’s code, and sign in', body: acceptInvitation, status: 201, answer: session },

  makeOwner: { ...plain, needs: ['accounts', 'installation'], method: 'POST', path: '/api/accounts/owner', summary: 'Make the first account, an owner’s, and sign in as it', body: makeOwner, status: 201, answer: session },
  listAccounts: { ...plain, needs: ['accounts', 'installation'], method: 'GET', path: '/api/accounts', summary: 'People and what they may do', answer: accountList },
  changeAccount: { ...plain, needs: ['accounts', 'installation'], method: 'PATCH', path: '/api/accounts/:accountId', summary: 'Change what somebody may do, or shut them out; it holds at once', params: accountParams, body: changeAccount, answer: account },
  removeAccount: { ...plain, needs: ['accounts', 'installation'], method: 'DELETE', path: '/api/accounts/:accountId', summary: 'Remove somebody, with their sessions and tokens', params: accountParams, status: 204 },
  endSessions: { ...plain, needs: ['accounts', 'installation'], method: 'DELETE', path: '/api/accounts/:accountId/sessions', summary: 'Sign somebody out everywhere', params: accountParams, status: 204 },
  createResetLink: { ...plain, needs: ['accounts', 'installation'], method: 'POST', path: '/api/accounts/:accountId/reset-link', summary: 'Make a one-time code by which somebody chooses a new password, good for a day', params: accountParams, status: 201, answer: resetLink },
  listInvitations: { ...plain, needs: ['accounts', 'installation'], method: 'GET', path: '/api/invitations', summary: 'Invitations that nobody has accepted yet', answer: invitationList },
  createInvitation: { ...plain, needs: ['accounts', 'installation'], method: 'POST', path: '/api/invitations', summary: 'Invite somebody: a one-time code, good for 7 days', body: createInvitation, status: 201, answer: createdInvitation },
  revokeInvitation: { ...plain, needs: ['accounts', 'installation'], method: 'DELETE', path: '/api/invitations/:invitationId', summary: 'Take an invitation back', params: invitationParams, status: 204 },

  removeFactors: { ...plain, needs: ['accounts', 'installation'], method: 'DELETE', path: '/api/accounts/:accountId/factors', summary: 'Remove somebody’s authenticator app and passkeys: for who lost their device', params: accountParams, status: 204 },

  getFactors: { ...plain, needs: 'person', method: 'GET', path: '/api/account/factors', summary: 'With what one signs in', answer: factors },
  createTotp: { ...plain, quiet: true, needs: 'person', method: 'POST', path: '/api/account/totp', summary: 'Begin with an authenticator app; nothing changes before a code of it was confirmed', answer: newTotp },
  confirmTotp: { ...plain, needs: 'person', method: 'POST', path: '/api/account/totp/confirm', summary: 'From now on a sign-in asks for a code; answers with recovery codes, shown this once', body: confirmTotp, answer: recoveryCodes },
  removeTotp: { ...plain, needs: 'person', method: 'DELETE', path: '/api/account/totp', summary: 'Ask for no code any more', status: 204 },
  registerPasskey: { ...plain, quiet: true, needs: 'person', method: 'POST', path: '/api/account/passkeys/options', summary: 'What a browser is asked with to make a passkey', answer: passkeyOptions },
  addPasskey: { ...plain, needs: 'person', method: 'POST', path: '/api/account/passkeys', summary: 'Add a passkey that was made', body: addPasskey, status: 201, answer: factors },
  removePasskey: { ...plain, needs: 'person', method: 'DELETE', path: '/api/account/passkeys/:passkeyId', summary: 'Remove a passkey', params: passkeyParams, status: 204 },
  tieSso: { ...plain, quiet: true, needs: 'person', method: 'POST', path: '/api/account/sso', summary: 'Begin to tie a sign-on by the identity provider to one’s account', answer: startedSso },
  untieSso: { ...plain, needs: 'person', method: 'DELETE', path: '/api/account/sso', summary: 'Sign in by the identity provider no more', status: 204 },
  changePassword: { ...plain, needs: 'person', method: 'POST', path: '/api/account/password', summary: 'Change one’s own password; other sessions end', body: changePassword, answer: session },
  listOwnSessions: { ...plain, needs: 'person', method: 'GET', path: '/api/account/sessions', summary: 'Where one is signed in', answer: ownSessionList },
  endOtherSessions: { ...plain, needs: 'person', method: 'DELETE', path: '/api/account/sessions', summary: 'Sign out everywhere but here', status: 204 },
  endOwnSession: { ...plain, needs: 'person', method: 'DELETE', path: '/api/account/sessions/:sessionId', summary: 'Sign out somewhere', params: ownSessionParams, status: 204 },

  listAudit: { ...plain, needs: ['audit', 'installation'], method: 'GET', path: '/api/audit', summary: 'Who did or tried what, newest first', query: auditQuery, answer: auditPage },
  exportAudit: { ...plain, needs: ['audit', 'installation'], method: 'GET', path: '/api/audit/export', summary: 'The same as a file: CSV, or JSON lines', query: auditExportQuery, kind: 'download', files: ['text/csv', 'application/x-ndjson'] },

  listTokens: { ...plain, needs: 'signed-in', method: 'GET', path: '/api/tokens', summary: 'API tokens that the caller made; all of them for who manages people', answer: tokenList },
  createToken: { ...plain, needs: 'signed-in', method: 'POST', path: '/api/tokens', summary: 'Make an API token that does no more than the caller may', body: createToken, status: 201, answer: createdToken },
  revokeToken: { ...plain, needs: 'signed-in', method: 'DELETE', path: '/api/tokens/:tokenId', summary: 'Revoke an API token; what it let in is ended at once', params: tokenParams, status: 204 },

  listAgents: { ...plain, needs: ['see', 'somewhere'], method: 'GET', path: '/api/agents', summary: 'All agents and their hosts', answer: agentList },
  joinAgent: { ...plain, needs: 'none', method: 'POST', path: '/api/agents', summary: 'An agent joins with a one-time token', body: joinAgent, status: 201, answer: joinedAgent },
  createJoinToken: { ...plain, needs: ['hosts', 'installation'], method: 'POST', path: '/api/agents/join-tokens', summary: 'Make a one-time token for a further host, good for 15 minutes', status: 201, answer: joinToken },
  getAgent: { ...plain, needs: ['see', 'host'], method: 'GET', path: '/api/agents/:agentId', summary: 'One agent', params: agentParams, answer: agent },
  configureAgent: { ...plain, needs: ['hosts', 'host'], method: 'PATCH', path: '/api/agents/:agentId', summary: 'Rename a host, or have it take no new servers', params: agentParams, body: configureAgent, answer: agent },
  removeAgent: { ...plain, needs: ['hosts', 'host'], method: 'DELETE', path: '/api/agents/:agentId', summary: 'Remove an agent; its key is refused from then on. One that has servers only when forced', params: agentParams, query: removeAgentQuery, status: 204 },
  removeStray: { ...plain, needs: ['hosts', 'host'], method: 'DELETE', path: '/api/agents/:agentId/strays/:containerId', summary: 'Remove a container that has our label and is no server’s', params: strayParams, status: 204 },
  checkPort: { ...plain, needs: ['see', 'host'], method: 'GET', path: '/api/agents/:agentId/port', summary: 'Whether a host port can be had, and who has it', params: agentParams, query: portQuery, answer: portAnswer },
  syncAgent: { ...plain, needs: ['operate', 'host'], method: 'POST', path: '/api/agents/:agentId/servers/sync', summary: 'Look at all of a host’s servers now, containers and data', params: agentParams, answer: syncResult },
  acceptEngine: { ...plain, needs: ['hosts', 'host'], method: 'POST', path: '/api/agents/:agentId/accept-engine', summary: 'Accept that the host’s engine was replaced: believe what the new one shows', params: agentParams, answer: agent },
  getAgentDisk: { ...plain, needs: ['see', 'host'], method: 'GET', path: '/api/agents/:agentId/disk', summary: 'How its disk was used over a span', params: agentParams, query: diskQuery, answer: hostDiskSeries },
  getTrash: { ...plain, needs: ['see', 'host'], method: 'GET', path: '/api/agents/:agentId/trash', summary: 'The data of purged servers that the host keeps, and archives of it', params: agentParams, answer: trash },
  restoreTrashed: { ...opens, needs: ['create', 'host'], method: 'POST', path: '/api/agents/:agentId/trash/:trashId/restore', summary: 'Bring a purged server back from the trash: its record, and its data into its place', params: trashParams, body: restoreTrashed },
  emptyTrash: { ...plain, needs: ['purge', 'host'], method: 'DELETE', path: '/api/agents/:agentId/trash/:trashId', summary: 'Remove something from the trash for good', params: trashParams, query: emptyTrashQuery, status: 204 },
  removeArchive: { ...plain, needs: ['purge', 'host'], method: 'DELETE', path: '/api/agents/:agentId/archives/:archiveId', summary: 'Remove an archive for good', params: archiveParams, query: emptyTrashQuery, status: 204 },
  listImages: { ...plain, needs: ['create', 'host'], method: 'GET', path: '/api/agents/:agentId/images', summary: 'Images that the host’s engine holds', params: agentParams, answer: z.object({ items: z.array(z.object({ reference: z.string(), bytes: z.int() })) }) },

  listServers: { ...plain, needs: ['see', 'somewhere'], method: 'GET', path: '/api/servers', summary: 'Servers, by name', query: serverQuery, answer: serverPage },
  createServer: { ...opens, needs: ['create', 'somewhere'], method: 'POST', path: '/api/servers', summary: 'Record a server and make its container', body: createServer },
  createBulk: { ...plain, needs: ['operate', 'somewhere'], kind: 'bulk', method: 'POST', path: '/api/servers/bulk', summary: 'Ask one thing of many servers, up to 1,000', body: createBulk, status: 202, answer: bulk },
  getBulk: { ...plain, needs: ['see', 'somewhere'], method: 'GET', path: '/api/bulks/:bulkId', summary: 'What came of each server of a bulk', params: bulkParams, answer: bulk },
  cancelBulk: { ...plain, needs: ['operate', 'somewhere'], method: 'POST', path: '/api/bulks/:bulkId/cancel', summary: 'Ask no further; what was asked for goes on', params: bulkParams, status: 202, answer: bulk },
  getServer: { ...plain, needs: ['see', 'server'], method: 'GET', path: '/api/servers/:serverId', summary: 'One server', params: serverParams, answer: server },
  configureServer: { ...plain, needs: ['configure', 'server'], method: 'PATCH', path: '/api/servers/:serverId', summary: 'Change the record; a rebuild applies it', params: serverParams, body: configureServer, answer: server },
  deleteServer: { ...opens, needs: ['delete', 'server'], method: 'DELETE', path: '/api/servers/:serverId', summary: 'Soft delete: the container goes; record, data, name and ports stay restorable', params: serverParams },
  startServer: { ...opens, needs: ['operate', 'server'], method: 'POST', path: '/api/servers/:serverId/start', summary: 'Start; brings back a missing container from the record', params: serverParams, body: startServer },
  stopServer: { ...opens, needs: ['operate', 'server'], method: 'POST', path: '/api/servers/:serverId/stop', summary: 'Stop, with the server’s grace', params: serverParams },
  restartServer: { ...opens, needs: ['operate', 'server'], method: 'POST', path: '/api/servers/:serverId/restart', summary: 'Stop and start', params: serverParams },
  rebuildServer: { ...opens, needs: ['configure', 'server'], method: 'POST', path: '/api/servers/:serverId/rebuild', summary: 'Replace the container by one made from the record as it is now', params: serverParams, body: rebuildServer },
  cloneServer: { ...opens, needs: ['create', 'server'], method: 'POST', path: '/api/servers/:serverId/clone', summary: 'Make another server like it, with its settings only or with its data too, on this host or another', params: serverParams, body: cloneServer },
  restoreServer: { ...opens, needs: ['delete', 'server'], method: 'POST', path: '/api/servers/:serverId/restore', summary: 'Bring a deleted server back; it is then started like any other', params: serverParams },
  purgeServer: { ...opens, needs: ['purge', 'server'], method: 'POST', path: '/api/servers/:serverId/purge', summary: 'Forget a server for good, with or without its data', params: serverParams, body: purgeServer },
  listServerEvents: { ...plain, needs: ['see', 'server'], method: 'GET', path: '/api/servers/:serverId/events', summary: 'A server’s history, newest first', params: serverParams, query: eventQuery, answer: eventPage },
  listServerOperations: { ...plain, needs: ['see', 'server'], method: 'GET', path: '/api/servers/:serverId/operations', summary: 'A server’s operations, newest first', params: serverParams, query: operationQuery, answer: operationPage },
  followConsole: { ...plain, needs: ['see', 'server'], method: 'GET', path: '/api/servers/:serverId/console', summary: 'The container’s log as it comes, as server-sent events', params: serverParams, query: consoleQuery, kind: 'stream', messages: consoleMessage },
  sendConsole: { ...plain, needs: ['operate', 'server'], method: 'POST', path: '/api/servers/:serverId/console', summary: 'Send one line to the program’s console: its standard input, or RCON', params: serverParams, body: consoleInput, answer: consoleAnswer },
  getServerDisk: { ...plain, needs: ['see', 'server'], method: 'GET', path: '/api/servers/:serverId/disk', summary: 'What its volumes took of the disk over a span', params: serverParams, query: diskQuery, answer: serverDiskSeries },
  getServerUsage: { ...plain, needs: ['see', 'server'], method: 'GET', path: '/api/servers/:serverId/usage', summary: 'What it used: processor, memory and network over a span', params: serverParams, query: usageQuery, answer: usageSeries },
  getServerLogs: { ...plain, needs: ['see', 'server'], method: 'GET', path: '/api/servers/:serverId/logs', summary: 'The last lines of its container’s log', params: serverParams, query: logsQuery, answer: logs },

  getServerTemplate: { ...plain, needs: ['configure', 'server'], method: 'GET', path: '/api/servers/:serverId/template', summary: 'The template that would make another server like it, its secrets left open', params: serverParams, answer: serverTemplate },

  listTemplates: { ...plain, needs: ['see', 'somewhere'], method: 'GET', path: '/api/templates', summary: 'Every template: those that come with Mainstay, then those that people made', answer: templateList },
  createTemplate: { ...plain, needs: ['templates', 'installation'], method: 'POST', path: '/api/templates', summary: 'Make a template', body: createTemplate, status: 201, answer: template },
  readTemplate: { ...plain, needs: ['templates', 'installation'], method: 'POST', path: '/api/templates/read', summary: 'Read a template from YAML, or from an egg of Pterodactyl or Pelican; nothing is saved', body: readTemplate, answer: readAnswer },
  getTemplate: { ...plain, needs: ['see', 'somewhere'], method: 'GET', path: '/api/templates/:templateId', summary: 'One version of a template, as JSON and as YAML', params: templateParams, query: templateQuery, answer: template },
  saveTemplate: { ...plain, needs: ['templates', 'installation'], method: 'PATCH', path: '/api/templates/:templateId', summary: 'Save a template as its next version; those before are kept', params: templateParams, body: saveTemplate, answer: template },
  removeTemplate: { ...plain, needs: ['templates', 'installation'], method: 'DELETE', path: '/api/templates/:templateId', summary: 'Forget a template; servers made from it stay as they are', params: templateParams, status: 204 },
  createFromTemplate: { ...opens, needs: ['create', 'somewhere'], method: 'POST', path: '/api/templates/:templateId/servers', summary: 'Record a server from a template and answers, and make its container', params: templateParams, body: createFromTemplate },
  templateSchema: { ...plain, needs: 'none', method: 'GET', path: '/api/template-schema.json', summary: 'The JSON Schema of a template', answer: z.looseObject({}) },

  getSettings: { ...plain, needs: ['see', 'somewhere'], method: 'GET', path: '/api/settings', summary: 'What holds for the whole installation', answer: settings },
  changeSettings: { ...plain, needs: ['settings', 'installation'], method: 'PATCH', path: '/api/settings', summary: 'Change what holds for the whole installation', body: changeSettings, answer: settings },

  getOperation: { ...plain, needs: ['see', 'operation'], method: 'GET', path: '/api/operations/:operationId', summary: 'One operation', params: operationParams, answer: operation },
  cancelOperation: { ...plain, needs: ['operate', 'operation'], method: 'POST', path: '/api/operations/:operationId/cancel', summary: 'Cancel an open operation where it still can be', params: operationParams, answer: operation, status: 202 },

  listChannels: { ...plain, needs: ['notifications', 'installation'], method: 'GET', path: '/api/notifications/channels', summary: 'Where messages go, by name; what is secret about that is not told', answer: channelList },
  createChannel: { ...plain, needs: ['notifications', 'installation'], method: 'POST', path: '/api/notifications/channels', summary: 'Add a channel: a webhook, Discord, Slack, ntfy, Telegram or e-mail', body: createChannel, status: 201, answer: channel },
  getChannel: { ...plain, needs: ['notifications', 'installation'], method: 'GET', path: '/api/notifications/channels/:channelId', summary: 'One channel', params: channelParams, answer: channel },
  configureChannel: { ...plain, needs: ['notifications', 'installation'], method: 'PATCH', path: '/api/notifications/channels/:channelId', summary: 'Change a channel; secrets that are left out stay', params: channelParams, body: configureChannel, answer: channel },
  deleteChannel: { ...plain, needs: ['notifications', 'installation'], method: 'DELETE', path: '/api/notifications/channels/:channelId', summary: 'Remove a channel that no rule uses, with its deliveries', params: channelParams, status: 204 },
  testChannel: { ...plain, needs: ['notifications', 'installation'], method: 'POST', path: '/api/notifications/channels/:channelId/test', summary: 'Send a test message now, and say what came of it', params: channelParams, answer: testOutcome },
  listRules: { ...plain, needs: ['notifications', 'installation'], method: 'GET', path: '/api/notifications/rules', summary: 'Who is told of what, by name', answer: ruleList },
  createRule: { ...plain, needs: ['notifications', 'installation'], method: 'POST', path: '/api/notifications/rules', summary: 'Add a rule: from now on its channels are told of its topics', body: createRule, status: 201, answer: rule },
  getRule: { ...plain, needs: ['notifications', 'installation'], method: 'GET', path: '/api/notifications/rules/:ruleId', summary: 'One rule', params: ruleParams, answer: rule },
  configureRule: { ...plain, needs: ['notifications', 'installation'], method: 'PATCH', path: '/api/notifications/rules/:ruleId', summary: 'Change a rule', params: ruleParams, body: configureRule, answer: rule },
  deleteRule: { ...plain, needs: ['notifications', 'installation'], method: 'DELETE', path: '/api/notifications/rules/:ruleId', summary: 'Remove a rule, with the alarms that it watches', params: ruleParams, status: 204 },
  listAlarms: { ...plain, needs: ['see', 'somewhere'], method: 'GET', path: '/api/notifications/alarms', summary: 'Alarms that are not over, oldest first', answer: alarmList },
  listDeliveries: { ...plain, needs: ['notifications', 'installation'], method: 'GET', path: '/api/notifications/deliveries', summary: 'Messages and what became of them, newest first', query: deliveryQuery, answer: deliveryPage },
  retryDelivery: { ...plain, needs: ['notifications', 'installation'], method: 'POST', path: '/api/notifications/deliveries/:deliveryId/retry', summary: 'Try a message again that was given up', params: deliveryParams, status: 202, answer: delivery },

  streamChanges: { ...plain, needs: ['see', 'somewhere'], method: 'GET', path: '/api/events', summary: 'Changes as server-sent events; resumes behind Last-Event-ID', kind: 'stream', messages: change },
  openapi: { ...plain, needs: 'signed-in', method: 'GET', path: '/api/openapi.json', summary: 'This document', answer: z.looseObject({}) },
  healthz: { ...plain, needs: 'none', method: 'GET', path: '/healthz', summary: 'The manager runs', answer: z.object({ status: z.literal('ok') }) },
  readyz: { ...plain, needs: 'none', method: 'GET', path: '/readyz', summary: 'The manager can serve: its store answers', answer: z.object({ status: z.literal('ready') }) },
} as const satisfies Record<string, Route>;

export type Contract = typeof contract;

type Input<Schema> = Schema extends z.ZodType ? z.input<Schema> : never;
type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type Part<R, Key extends string> = Key extends keyof R ? R[Key] : undefined;

/** What a caller hands in for a route: its params, query and body, as far as it has them. */
export type RequestOf<R extends Route> = ('params' extends keyof R ? { params: Record<keyof Input<Part<R, 'params'>> & string, string> } : unknown) &
  ('query' extends keyof R ? { query?: Input<Part<R, 'query'>> } : unknown) &
  ('body' extends keyof R ? { body: Input<Part<R, 'body'>> } : unknown);

/** What a handler is given: the parts, validated. */
export interface ParsedOf<R extends Route> {
  readonly params: Output<Part<R, 'params'>>;
  readonly query: Output<Part<R, 'query'>>;
  readonly body: Output<Part<R, 'body'>>;
}

/** What a route answers; `undefined` for 204. */
export type AnswerOf<R extends Route> = Output<Part<R, 'answer'>>;
