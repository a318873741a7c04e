// The contract: the OpenAPI 3.1 document lists every route, and every answer, a problem included, fits the schema that
// the document gives for it, with nothing in it that the document does not tell of.

import { contract, type Route } from '@mainstay/wire/contract';
import { problemMediaType } from '@mainstay/wire/problem';
import { describe, expect } from 'vitest';
import { z } from 'zod';
import type { Installation } from './harness/installation.ts';
import { ownerCookie } from './harness/person.ts';
import { freePort } from './harness/ports.ts';
import { freshName, sampleServer } from './harness/sample.ts';
import { test as base } from './harness/scenario.ts';
import { until } from './harness/until.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, OperationObject>>;
  readonly components: { readonly schemas: Record<string, object> };
}
interface OperationObject {
  readonly operationId: string;
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }>;
}

const test = base.extend('document', { scope: 'file' }, async ({ mainstay }) => {
  return (await mainstay.call(contract.openapi, {})) as unknown as Document;
});

const routes = Object.entries(contract) as [string, Route][];
const templateOf = (route: Route): string => route.path.replace(/:(\w+)/g, '{$1}');

/** A schema of the document as one that stands alone. */
function schemaOf(document: Document, schema: object): z.ZodType {
  const alone = JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/');
  return z.fromJSONSchema(JSON.parse(alone) as Parameters<typeof z.fromJSONSchema>[0]);
}

/** Sends it, and holds the answer against the document. @returns the answer */
async function seen(
  mainstay: Installation,
  document: Document,
  route: Route,
  path: string,
  body?: unknown,
  cookie?: string,
): Promise<unknown> {
  const response = await fetch(mainstay.manager.url + path, {
    method: route.method,
    headers: {
      ...(cookie === undefined ? { authorization: `Bearer ${mainstay.token}` } : { cookie, 'sec-fetch-site': 'same-origin' }),
      prefer: 'wait=30',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const described = document.paths[templateOf(route)]?.[route.method.toLowerCase()];
  const expected = described?.responses[String(response.status)] ?? described?.responses['default'];
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  if (response.status === 204) return expect(text).toBe('');
  const schema = expected?.content?.[type]?.schema;
  expect(schema, `${route.method} ${route.path} answered ${response.status} with ${type}`).toBeDefined();
  const answer: unknown = JSON.parse(text);
  const fits = schemaOf(document, schema!).safeParse(answer);
  expect(fits.error?.issues ?? [], `${route.method} ${path}: ${text}`).toEqual([]);
  // An answer may have nothing that the contract does not tell of: read by it, it is the same.
  if (type !== problemMediaType && route.answer) expect(route.answer.parse(answer)).toEqual(answer);
  return answer;
}

describe('the OpenAPI document', () => {
  test('is of version 3.1 and lists every route, and no other', ({ document }) => {
    expect(document.openapi).toBe('3.1.0');
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`),
    );
    expect(listed.sort()).toEqual(routes.map(([name, route]) => `${route.method} ${templateOf(route)} ${name}`).sort());
  });

  test('refers to nothing that it does not have', ({ document }) => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(references.filter((reference) => !known.includes(reference ?? ''))).toEqual([]);
  });

  test('needs no sign-in to be told of health', async ({ mainstay }) => {
    for (const route of [contract.healthz, contract.readyz]) {
      expect((await fetch(mainstay.manager.url + route.path)).status).toBe(200);
    }
  });
});

describe('every answer fits the document', () => {
  test('of a server’s whole life', async ({ mainstay, document }) => {
    const ask = (route: Route, path: string, body?: unknown) => seen(mainstay, document, route, path, body);
    const { serverId, id } = (await ask(contract.createServer, '/api/servers', await sampleServer())) as { serverId: string; id: string };
    const at = `/api/servers/${serverId}`;
    const server = (await ask(contract.getServer, at)) as { name: string };
    await ask(contract.listServers, '/api/servers?limit=1');
    await ask(contract.getOperation, `/api/operations/${id}`);
    await ask(contract.cancelOperation, `/api/operations/${id}/cancel`);
    await ask(contract.configureServer, at, { env: { MOTD: 'new' } });
    await ask(contract.getServerLogs, `${at}/logs?tail=5`);
    await ask(contract.rebuildServer, `${at}/rebuild`);
    await ask(contract.restartServer, `${at}/restart`);
    await ask(contract.stopServer, `${at}/stop`);
    await ask(contract.startServer, `${at}/start`);
    await ask(contract.startServer, `${at}/start`);
    const clone = { name: freshName('clone'), data: 'copy', ports: (await sampleServer()).ports };
    const { serverId: cloneId } = (await ask(contract.cloneServer, `${at}/clone`, clone)) as { serverId: string };
    await ask(contract.getServer, `/api/servers/${cloneId}`);
    await ask(contract.listServerEvents, `/api/servers/${cloneId}/events`);
    await until(
      'the source given back',
      () => mainstay.server(serverId),
      (seen) => seen.state === 'running' && seen.operation === null,
    );
    await ask(contract.listServerEvents, `${at}/events`);
    await ask(contract.deleteServer, at);
    await ask(contract.listServers, '/api/servers?includeDeleted=true&state=deleted');
    await ask(contract.restoreServer, `${at}/restore`);
    await ask(contract.listServerEvents, `${at}/events`);
    await ask(contract.listServerOperations, `${at}/operations`);
    await ask(contract.purgeServer, `${at}/purge`, { removeData: true, confirmName: server.name });
    await ask(contract.getServer, at);
  });

  test('of notifications', async ({ mainstay, document }) => {
    const ask = (route: Route, path: string, body?: unknown) => seen(mainstay, document, route, path, body);
    const [channels, rules, deliveries] = ['channels', 'rules', 'deliveries'].map((noun) => `/api/notifications/${noun}`);
    // Nobody listens there, so that the test fails, and is in the log as such.
    const nowhere = { allowPrivate: true, url: `http://127.0.0.1:${await freePort()}/topic` };
    const { id } = (await ask(contract.createChannel, channels!, { kind: 'ntfy', name: 'phone', ...nowhere })) as { id: string };
    const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
    await ask(contract.createChannel, channels!, { kind: 'webhook', name: 'hook', secret, ...nowhere });
    await ask(contract.createChannel, channels!, { kind: 'slack', name: 'phone', ...nowhere });
    await ask(contract.listChannels, channels!);
    await ask(contract.getChannel, `${channels}/${id}`);
    await ask(contract.configureChannel, `${channels}/${id}`, { priority: 5 });
    await ask(contract.testChannel, `${channels}/${id}/test`);
    const quiet = { from: '22:00', to: '07:00', timeZone: 'UTC' };
    const rule = (await ask(contract.createRule, rules!, { name: 'all', topics: ['missing'], channelIds: [id], quiet })) as { id: string };
    await ask(contract.listRules, rules!);
    await ask(contract.getRule, `${rules}/${rule.id}`);
    await ask(contract.configureRule, `${rules}/${rule.id}`, { foldMinutes: 0 });
    const server = await mainstay.create();
    await mainstay.outside.remove(server.containerId!);
    const { items } = await until(
      'an alarm',
      () => mainstay.call(contract.listAlarms, {}),
      (alarms) => alarms.items.length > 0,
    );
    expect(items).toMatchObject([{ topic: 'missing', serverId: server.id }]);
    await ask(contract.listAlarms, '/api/notifications/alarms');
    const log = (await ask(contract.listDeliveries, `${deliveries}?channelId=${id}`)) as { items: { id: string; state: string }[] };
    const dead = log.items.find(({ state }) => state === 'dead');
    await ask(contract.retryDelivery, `${deliveries}/${dead!.id}/retry`);
    await ask(contract.deleteChannel, `${channels}/${id}`);
    await ask(contract.deleteRule, `${rules}/${rule.id}`);
    await ask(contract.deleteChannel, `${channels}/${id}`);
  });

  test('of templates, and what is made from them', async ({ mainstay, document }) => {
    const ask = (route: Route, path: string, body?: unknown) => seen(mainstay, document, route, path, body);
    const { items } = (await ask(contract.listTemplates, '/api/templates')) as { items: { id: string }[] };
    const sample = (await ask(contract.getTemplate, `/api/templates/${items[0]?.id}`)) as { template: object; yaml: string };
    const { id } = (await ask(contract.createTemplate, '/api/templates', { template: sample.template })) as { id: string };
    await ask(contract.saveTemplate, `/api/templates/${id}`, { template: sample.template, version: 1 });
    await ask(contract.getTemplate, `/api/templates/${id}?version=1`);
    await ask(contract.readTemplate, '/api/templates/read', { text: sample.yaml });
    await ask(contract.readTemplate, '/api/templates/read', { text: 'name: [' });
    const body = { name: freshName('made'), start: false };
    const { serverId } = (await ask(contract.createFromTemplate, `/api/templates/${id}/servers`, body)) as { serverId: string };
    await ask(contract.getServer, `/api/servers/${serverId}`);
    await ask(contract.getServerTemplate, `/api/servers/${serverId}/template`);
    await ask(contract.removeTemplate, `/api/templates/${id}`);
    await ask(contract.templateSchema, '/api/template-schema.json');
    await ask(contract.getTemplate, `/api/templates/${id}`);
  });

  test('of people', async ({ mainstay, document }) => {
    const cookie = await ownerCookie(mainstay.manager);
    const ask = (route: Route, path: string, body?: unknown) => seen(mainstay, document, route, path, body);
    const asOwner = (route: Route, path: string, body?: unknown) => seen(mainstay, document, route, path, body, cookie);
    const grants = [{ role: 'viewer', scope: { kind: 'everything' } }];
    await ask(contract.makeOwner, '/api/accounts/owner', { name: 'second', password: 'a long password' });
    const invited = (await ask(contract.createInvitation, '/api/invitations', { label: 'Ann', grants })) as { id: string; code: string };
    await ask(contract.listInvitations, '/api/invitations');
    const accepted = { code: invited.code, name: 'ann', password: 'a long password' };
    await ask(contract.readInvitation, '/api/invitations/read', { code: invited.code });
    const { account } = (await ask(contract.acceptInvitation, '/api/invitations/accept', accepted)) as { account: { id: string } };
    await ask(contract.revokeInvitation, `/api/invitations/${invited.id}`);
    await ask(contract.listAccounts, '/api/accounts');
    const at = `/api/accounts/${account.id}`;
    await ask(contract.changeAccount, at, { grants });
    const { code } = (await ask(contract.createResetLink, `${at}/reset-link`)) as { code: string };
    await ask(contract.readResetLink, '/api/session/reset/read', { code });
    await ask(contract.resetPassword, '/api/session/reset', { code, password: 'another password' });
    await ask(contract.signInByPassword, '/api/session/password', { name: 'ann', password: 'another password' });
    await ask(contract.signInByPassword, '/api/session/password', { name: 'ann', password: 'wrong' });
    await ask(contract.endSessions, `${at}/sessions`);
    await ask(contract.removeAccount, at);
    const { items } = (await asOwner(contract.listOwnSessions, '/api/account/sessions')) as { items: { id: string }[] };
    await asOwner(contract.getFactors, '/api/account/factors');
    const { ticket } = (await asOwner(contract.createTotp, '/api/account/totp')) as { ticket: string };
    await asOwner(contract.confirmTotp, '/api/account/totp/confirm', { ticket, code: '000000' });
    await asOwner(contract.removeTotp, '/api/account/totp');
    await asOwner(contract.registerPasskey, '/api/account/passkeys/options');
    await asOwner(contract.addPasskey, '/api/account/passkeys', { name: 'key', response: { id: 'x' } });
    await asOwner(contract.removePasskey, '/api/account/passkeys/x');
    await ask(contract.getSignInWays, '/api/session/ways');
    await ask(contract.startSso, '/api/session/sso', {});
    await ask(contract.finishSso, '/api/session/sso/finish', { query: 'state=x' });
    await asOwner(contract.tieSso, '/api/account/sso');
    await asOwner(contract.untieSso, '/api/account/sso');
    await ask(contract.askPasskey, '/api/session/passkey/options');
    await ask(contract.signInByPasskey, '/api/session/passkey', { response: { id: 'x' } });
    await ask(contract.signInByCode, '/api/session/code', { ticket: 'x', code: '000000' });
    await asOwner(contract.changePassword, '/api/account/password', { current: 'wrong', password: 'another password' });
    await asOwner(contract.endOtherSessions, '/api/account/sessions');
    await asOwner(contract.endOwnSession, `/api/account/sessions/${items[0]?.id}`);
    await ask(contract.listOwnSessions, '/api/account/sessions');
  });

  test('of the audit log, as a page; as files in the types that it names', async ({ mainstay, document }) => {
    await seen(mainstay, document, contract.listAudit, '/api/audit');
    const { responses } = document.paths['/api/audit/export']!['get']!;
    for (const format of ['csv', 'jsonl']) {
      const { headers } = await fetch(`${mainstay.manager.url}/api/audit/export?format=${format}`, {
        headers: { authorization: `Bearer ${mainstay.token}` },
      });
      expect(Object.keys(responses['200']!.content!)).toContain(headers.get('content-type')!.split(';')[0]);
    }
  });

  test('of tokens', async ({ mainstay, document }) => {
    const ask = (route: Route, path: string, body?: unknown) => seen(mainstay, document, route, path, body);
    const grants = [{ role: 'viewer', scope: { kind: 'everything' } }];
    const { id } = (await ask(contract.createToken, '/api/tokens', { name: 'robot', grants })) as { id: string };
    await ask(contract.createToken, '/api/tokens', { name: 'robot', grants: [] });
    await ask(contract.listTokens, '/api/tokens');
    await ask(contract.revokeToken, `/api/tokens/${id}`);
    await ask(contract.revokeToken, `/api/tokens/${id}`);
  });

  test('of hosts, sessions and the rest', async ({ mainstay, document }) => {
    const ask = (route: Route, path: string, body?: unknown) => seen(mainstay, document, route, path, body);
    const { id } = await mainstay.agent();
    await ask(contract.listAgents, '/api/agents');
    await ask(contract.getAgent, `/api/agents/${id}`);
    await ask(contract.syncAgent, `/api/agents/${id}/servers/sync`);
    await ask(contract.listImages, `/api/agents/${id}/images`);
    await ask(contract.acceptEngine, `/api/agents/${id}/accept-engine`);
    await ask(contract.createJoinToken, '/api/agents/join-tokens');
    await ask(contract.joinAgent, '/api/agents', { name: 'x' });
    await ask(contract.getSession, '/api/session');
    await ask(contract.signIn, '/api/session', { code: 'wrong' });
    await ask(contract.healthz, '/healthz');
    await ask(contract.readyz, '/readyz');
    await ask(contract.openapi, '/api/openapi.json');
    await ask(contract.signOut, '/api/session');
  });
});
