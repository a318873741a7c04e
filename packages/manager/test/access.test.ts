// What each role is let do over HTTP: every route of the contract that changes something refuses a viewer, new ones by
// themselves; what somebody may not see is not there for them.

import { type Grant, missing, type Role } from '@mainstay/core/access';
import type { AgentId, ServerId } from '@mainstay/core/id';
import { issue } from '@mainstay/manager/app/credentials';
import { newId } from '@mainstay/manager/random';
import { createClient } from '@mainstay/wire/client';
import { contract, type Route } from '@mainstay/wire/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownManager } from './harness.ts';
import { recordHost } from './records.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
let attic: AgentId;
let lobby: ServerId;
let island: ServerId;
let operationId: string;

beforeAll(async () => {
  manager = await ownManager();
  attic = await recordHost(manager.store, 'attic', 'another');
  lobby = await manager.server('lobby', 'running');
  island = await manager.serverOn(attic, 'island', 'running');
  ({ id: operationId } = await manager.call(contract.stopServer, { params: { serverId: island } }));
});
afterAll(() => manager.end());

/** Somebody with these grants. */
async function somebody(...grants: Grant[]) {
  const { secret } = await issue(manager.store, { kind: 'token', name: 'somebody', grants }, Date.now());
  return { token: secret, call: createClient({ baseUrl: manager.url, token: secret }) };
}
const everything = (role: Role): Grant => ({ role, scope: { kind: 'everything' } });
const ofHost = (role: Role, agentId: AgentId): Grant => ({ role, scope: { kind: 'host', agentId } });
const ofServer = (role: Role, serverId: ServerId): Grant => ({ role, scope: { kind: 'server', serverId } });

const routes = Object.values(contract) as Route[];
const nameOf = (route: Route) => `${route.method} ${route.path}`;

/** A route's path with things that are there, and what is well formed beside them. */
const pathTo = (route: Route) => {
  const id = newId<string>();
  const named: Record<string, string> = {
    serverId: island,
    agentId: attic,
    operationId,
    containerId: 'c0ffeec0ffee',
    trashId: `${id}.1`,
    archiveId: `${id}.${id}.tar.gz`,
  };
  return route.path.replace(/:(\w+)/g, (_, name: string) => named[name] ?? id);
};

const send = async (token: string, route: Route) => {
  const response = await fetch(manager.url + pathTo(route), {
    method: route.method,
    headers: { authorization: `Bearer ${token}`, ...(route.body ? { 'content-type': 'application/json' } : {}) },
    ...(route.body ? { body: '{}' } : {}),
  });
  const json = response.headers.get('content-type')?.includes('json') ? await response.json() : await response.text();
  return { status: response.status, problem: json as { code: string; detail: string } };
};

/** What each route takes at least, written down once more: the contract alone could be changed by a slip of one word. */
const least: Readonly<Record<Role, readonly (keyof typeof contract)[]>> = {
  owner: [
    ...(['makeOwner', 'listAccounts', 'changeAccount', 'removeAccount', 'endSessions', 'createResetLink', 'removeFactors'] as const),
    ...(['listInvitations', 'createInvitation', 'revokeInvitation'] as const),
  ],
  admin: [
    ...(['listAudit', 'exportAudit', 'changeSettings'] as const),
    ...(['createJoinToken', 'configureAgent', 'removeAgent', 'removeStray', 'acceptEngine', 'listImages'] as const),
    ...(['restoreTrashed', 'emptyTrash', 'removeArchive'] as const),
    ...(['createServer', 'createFromTemplate', 'cloneServer', 'configureServer', 'rebuildServer'] as const),
    ...(['deleteServer', 'restoreServer', 'purgeServer'] as const),
    ...(['getServerTemplate', 'createTemplate', 'readTemplate', 'saveTemplate', 'removeTemplate'] as const),
    ...(['listChannels', 'createChannel', 'getChannel', 'configureChannel', 'deleteChannel', 'testChannel'] as const),
    ...(['listRules', 'createRule', 'getRule', 'configureRule', 'deleteRule', 'listDeliveries', 'retryDelivery'] as const),
  ],
  operator: ['startServer', 'stopServer', 'restartServer', 'sendConsole', 'cancelOperation', 'createBulk', 'cancelBulk', 'syncAgent'],
  viewer: [
    ...(['listAgents', 'getAgent', 'checkPort', 'getAgentDisk', 'getTrash', 'listAlarms', 'getSettings', 'streamChanges'] as const),
    ...(['listServers', 'getServer', 'listServerEvents', 'listServerOperations', 'getServerDisk', 'getServerUsage'] as const),
    ...(['getServerLogs', 'followConsole', 'getOperation', 'getBulk', 'listTemplates', 'getTemplate'] as const),
  ],
};
/** For whoever is let in, whatever they may do. */
const anybodys = ['getSession', 'signOut', 'listTokens', 'createToken', 'revokeToken', 'openapi'];
/** A person's own, with a session: no token's. */
const persons = [
  ...['getFactors', 'createTotp', 'confirmTotp', 'removeTotp', 'registerPasskey', 'addPasskey', 'removePasskey', 'tieSso', 'untieSso'],
  ...['changePassword', 'listOwnSessions', 'endOtherSessions', 'endOwnSession'],
];
/** Before anybody is let in. */
const strangers = [
  ...['signIn', 'signInByPassword', 'signInByCode', 'askPasskey', 'signInByPasskey', 'getSignInWays', 'startSso', 'finishSso'],
  ...['readResetLink', 'resetPassword', 'readInvitation', 'acceptInvitation', 'joinAgent', 'templateSchema', 'healthz', 'readyz'],
];

describe('every route', () => {
  it('is in one of these lists', () => {
    const listed = [...Object.values(least).flat(), ...anybodys, ...persons, ...strangers];
    expect(listed.toSorted()).toEqual(Object.keys(contract).toSorted());
  });

  const inOrder: readonly Role[] = ['viewer', 'operator', 'admin', 'owner'];
  const cases = inOrder.flatMap((role) => least[role].map((name) => [name, role] as const));

  it.each(cases)('%s takes a role of %s, and less is refused', async (name, role) => {
    // A stream goes on until somebody leaves: what it takes is shown by what is refused.
    const route: Route = contract[name];
    for (const [at, each] of inOrder.entries()) {
      if (at >= inOrder.indexOf(role) && route.kind === 'stream') continue;
      const { token } = await somebody(everything(each));
      const { status, problem } = await send(token, route);
      const refused = status === 403 && problem.code === 'forbidden';
      expect({ role: each, refused }).toEqual({ role: each, refused: at < inOrder.indexOf(role) });
    }
  });

  it.each(persons)('%s is refused to every token, an owner’s too', async (name) => {
    const { token } = await somebody(everything('owner'));
    expect(await send(token, contract[name as keyof typeof contract])).toMatchObject({ status: 403, problem: { code: 'forbidden' } });
  });

  it.each([...anybodys, ...persons, ...Object.values(least).flat()])('%s is refused to a stranger', async (name) => {
    expect(await send('nobodys-token', contract[name as keyof typeof contract])).toMatchObject({ status: 401 });
  });
});

describe('a viewer of everything', () => {
  // What is one's own (to sign out, a token that does no more than oneself) takes no right.
  const mutating = routes.filter(({ method, needs }) => method !== 'GET' && typeof needs !== 'string');

  it.each(mutating.map((route) => [nameOf(route), route] as const))('is refused %s, and told what it takes', async (_, route) => {
    const { token } = await somebody(everything('viewer'));
    const [right] = route.needs as Exclude<Route['needs'], string>;
    expect(await send(token, route)).toMatchObject({ status: 403, problem: { code: 'forbidden', detail: missing(right) } });
  });

  it('sees every server and host', async () => {
    const { call } = await somebody(everything('viewer'));
    expect((await call(contract.listServers, {})).items.map(({ name }) => name)).toEqual(['island', 'lobby']);
    expect((await call(contract.listAgents, {})).items.map(({ name }) => name)).toEqual(['attic', 'basement']);
  });
});

describe('somebody for one host', () => {
  // Of what another host has, nothing is there: not to be read, not to be changed.
  const elsewhere = routes.filter(({ needs }) => typeof needs !== 'string' && ['host', 'server', 'operation'].includes(needs[1]));

  it.each(elsewhere.map((route) => [nameOf(route), route] as const))('finds nothing of another at %s', async (_, route) => {
    const { token } = await somebody(ofHost('admin', manager.agentId));
    expect(await send(token, route)).toMatchObject({
      status: 404,
      problem: { code: 'not-found', detail: expect.stringMatching(/^There is no (agent|server|operation) with this id\.$/) },
    });
  });

  it('lists its servers alone, and counts no others', async () => {
    const { call } = await somebody(ofHost('viewer', manager.agentId));
    const { items, counts } = await call(contract.listServers, {});
    expect({ items: items.map(({ name }) => name), counts }).toEqual({ items: ['lobby'], counts: { running: 1 } });
    expect((await call(contract.listAgents, {})).items.map(({ name }) => name)).toEqual(['basement']);
  });

  it('creates servers there and nowhere else', async () => {
    const { call } = await somebody(ofHost('admin', manager.agentId), ofHost('viewer', attic));
    const create = (name: string, agentId?: AgentId) => call(contract.createServer, { body: { name, image: 'any', agentId } });
    await expect(create('there', attic)).rejects.toMatchObject({ code: 'forbidden', detail: missing('create') });
    // Of the two hosts it may create on one, so that is the one.
    const { serverId } = await create('here');
    expect((await manager.call(contract.getServer, { params: { serverId } })).agentId).toBe(manager.agentId);
    await manager.store.db.deleteFrom('operations').where('server_id', '=', serverId).execute();
    await manager.store.db.deleteFrom('servers').where('id', '=', serverId).execute();
  });

  it('may not read or change what is the whole installation’s', async () => {
    const { call } = await somebody(ofHost('admin', manager.agentId));
    await expect(call(contract.createJoinToken, {})).rejects.toMatchObject({ code: 'forbidden' });
    await expect(call(contract.listChannels, {})).rejects.toMatchObject({ code: 'forbidden' });
    await expect(call(contract.changeSettings, { body: { trashDays: 1 } })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('somebody for one server', () => {
  it('operates that one, sees no other and no host', async () => {
    const { call } = await somebody(ofServer('operator', lobby));
    expect((await call(contract.listServers, {})).items.map(({ name }) => name)).toEqual(['lobby']);
    expect((await call(contract.listAgents, {})).items).toEqual([]);
    await expect(call(contract.stopServer, { params: { serverId: island } })).rejects.toMatchObject({ code: 'not-found' });
    await expect(call(contract.deleteServer, { params: { serverId: lobby } })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await call(contract.stopServer, { params: { serverId: lobby } })).toMatchObject({ kind: 'stop' });
  });

  it('asks many at once only of those that it sees, and finds no bulk of others', async () => {
    const { call } = await somebody(ofServer('operator', lobby));
    const named = call(contract.createBulk, { body: { action: 'start', serverIds: [lobby, island] } });
    await expect(named).rejects.toMatchObject({ code: 'invalid-request', extra: { errors: [{ path: '/serverIds/1' }] } });
    const purge = { removeData: true, confirmCount: 1 };
    await expect(call(contract.createBulk, { body: { action: 'purge', serverIds: [lobby], purge } })).rejects.toMatchObject({
      code: 'forbidden',
      detail: missing('purge'),
    });
    const filtered = await call(contract.createBulk, { body: { action: 'start', filter: {} } });
    expect(filtered.items.map(({ serverName }) => serverName)).toEqual(['lobby']);
    const both = await manager.call(contract.createBulk, { body: { action: 'restart', serverIds: [lobby, island] } });
    expect((await call(contract.getBulk, { params: { bulkId: both.id } })).items.map(({ serverName }) => serverName)).toEqual(['lobby']);
    await expect(call(contract.cancelBulk, { params: { bulkId: both.id } })).rejects.toMatchObject({ code: 'not-found' });
    const others = await manager.call(contract.createBulk, { body: { action: 'restart', serverIds: [island] } });
    await expect(call(contract.getBulk, { params: { bulkId: others.id } })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('an API token', () => {
  const list = async (token: string) =>
    (await fetch(`${manager.url}/api/servers`, { headers: { authorization: `Bearer ${token}` } })).status;

  it('is shown once, kept as a hash, and says when it was used last', async () => {
    const made = await manager.call(contract.createToken, { body: { name: 'robot', grants: [everything('viewer')] } });
    expect(await list(made.token)).toBe(200);
    const { items } = await manager.call(contract.listTokens, {});
    const listed = items.find(({ id }) => id === made.id);
    expect(listed).toMatchObject({ name: 'robot', grants: [everything('viewer')], expiresAt: null });
    expect(Math.abs(Date.now() - listed!.lastUsedAt!)).toBeLessThan(60_000);
    expect(JSON.stringify(await manager.store.db.selectFrom('credentials').selectAll().execute())).not.toContain(made.token);
  });

  it('that has expired lets nobody in', async () => {
    const { id, token } = await manager.call(contract.createToken, {
      body: { name: 'short', grants: [everything('viewer')], expiresAt: Date.now() + 60_000 },
    });
    expect(await list(token)).toBe(200);
    await manager.store.db
      .updateTable('credentials')
      .set({ expires_at: Date.now() - 1 })
      .where('id', '=', id)
      .execute();
    expect(await list(token)).toBe(401);
  });

  it('that is revoked lets nobody in from the next request on', async () => {
    const { id, token } = await manager.call(contract.createToken, { body: { name: 'gone', grants: [everything('owner')] } });
    expect(await list(token)).toBe(200);
    await manager.call(contract.revokeToken, { params: { tokenId: id } });
    expect(await list(token)).toBe(401);
  });

  it('makes no other, unless it may manage people', async () => {
    const { call } = await somebody(everything('admin'));
    await expect(call(contract.createToken, { body: { name: 'more', grants: [everything('viewer')] } })).rejects.toMatchObject({
      code: 'forbidden',
      detail: missing('accounts'),
    });
  });

  it.each([
    ['no role', []],
    ['a role that there is not', [{ role: 'king', scope: { kind: 'everything' } }]],
    ['an owner of a part', [{ role: 'owner', scope: { kind: 'host', agentId: newId() } }]],
    ['a host that there is not', [{ role: 'viewer', scope: { kind: 'host', agentId: newId() } }]],
  ])('with %s is refused, naming it', async (_, grants) => {
    await expect(manager.call(contract.createToken, { body: { name: 'bad', grants: grants as Grant[] } })).rejects.toMatchObject({
      code: 'invalid-request',
      extra: { errors: [{ path: expect.stringMatching(/^\/grants/) }] },
    });
  });
});
