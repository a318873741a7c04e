// Somebody for one server, while another server that they may not see has to do with it: one that copies its data, one that its own
// data comes from, one that has a port. Of that other there is no word in anything that they read or are refused with.

import type { Grant, Role } from '@mainstay/core/access';
import type { AgentId, OperationId, ServerId } from '@mainstay/core/id';
import { issue } from '@mainstay/manager/app/credentials';
import { createClient } from '@mainstay/wire/client';
import { contract, type Route } from '@mainstay/wire/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownManager } from './harness.ts';
import { recordHost } from './records.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
let attic: AgentId;
let harbour: ServerId;
let island: ServerId;
let copying: OperationId;

/** `island` is made of a copy of `harbour`, on another host; both hosts are away, so it goes on being made. */
beforeAll(async () => {
  manager = await ownManager();
  attic = await recordHost(manager.store, 'attic', 'another');
  harbour = await manager.server('harbour', 'stopped');
  const body = { name: 'island', agentId: attic, data: 'copy' } as const;
  ({ serverId: island, id: copying } = await manager.call(contract.cloneServer, { params: { serverId: harbour }, body }));
});
afterAll(() => manager.end());

async function tokenFor(role: Role, serverId: ServerId | 'everything'): Promise<string> {
  const scope = serverId === 'everything' ? ({ kind: 'everything' } as const) : ({ kind: 'server', serverId } as const);
  return tokenWith({ role, scope });
}
async function tokenWith(grant: Grant): Promise<string> {
  const { secret } = await issue(manager.store, { kind: 'token', name: 'somebody', grants: [grant] }, Date.now());
  return secret;
}
const callAs = async (role: Role, serverId: ServerId) => createClient({ baseUrl: manager.url, token: await tokenFor(role, serverId) });

/** Whatever the API answers about a server to who reads all of it. */
async function allRead(token: string, serverId: ServerId): Promise<string> {
  const about = (Object.values(contract) as Route[]).filter(
    ({ method, kind, needs, path }) =>
      method === 'GET' && kind !== 'stream' && (path.includes(':serverId') || path === contract.listServers.path) && Array.isArray(needs),
  );
  const read = about.map(async ({ path }) => {
    const response = await fetch(manager.url + path.replace(':serverId', serverId), { headers: { authorization: `Bearer ${token}` } });
    return response.text();
  });
  return (await Promise.all(read)).join('\n');
}

let days = 1;
/** The event stream from the first event on, until it has brought a change that is made now. */
async function streamed(token: string, serverId: ServerId): Promise<string> {
  const closing = new AbortController();
  const response = await fetch(manager.url + contract.streamChanges.path, {
    headers: { authorization: `Bearer ${token}`, 'last-event-id': '0' },
    signal: closing.signal,
  });
  const mark = crypto.randomUUID();
  await manager.store.db
    .insertInto('events')
    .values({
      at: 1,
      server_id: serverId,
      server_name: mark,
      agent_id: (await manager.call(contract.getServer, { params: { serverId } })).agentId,
      cause_json: '{"by":"link"}',
      happening_json: '{"kind":"server-ready"}',
    })
    .execute();
  // Any change by the API has what was appended read.
  days += 1;
  await manager.call(contract.changeSettings, { body: { trashDays: days } });
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes(mark)) break;
  }
  closing.abort();
  return text;
}

const cases: [who: string, own: () => ServerId, others: () => string[]][] = [
  ['whose data is copied', () => harbour, () => [island, 'island', copying]],
  ['whose data comes from another', () => island, () => [harbour, 'harbour']],
];
describe.each(cases)('somebody for a server %s', (_, own, others) => {
  it('reads nothing of the other server, wherever its own is shown', async () => {
    const read = await allRead(await tokenFor('admin', own()), own());
    const everything = await allRead(await tokenFor('admin', 'everything'), own());
    for (const word of others()) {
      expect(everything).toContain(word);
      expect(read).not.toContain(word);
    }
    expect(read).toContain(own());
  });

  it('hears nothing of it on the event stream', async () => {
    const [heard, everything] = [
      await streamed(await tokenFor('viewer', own()), own()),
      await streamed(await tokenFor('viewer', 'everything'), own()),
    ];
    for (const word of others()) {
      expect(everything).toContain(word);
      expect(heard).not.toContain(word);
    }
    expect(heard).toContain(own());
  });
});

describe('alarms', () => {
  it('are listed to whoever may see what they are about', async () => {
    const [cove, reef] = [await manager.server('cove', 'missing'), await manager.serverOn(attic, 'reef', 'missing')];
    const channel = await manager.call(contract.createChannel, {
      body: { kind: 'slack', name: 'nowhere', url: 'http://127.0.0.1:9/', allowPrivate: true },
    });
    await manager.call(contract.createRule, {
      body: { name: 'losses', topics: ['missing', 'disk-nearly-full'], channelIds: [channel.id] },
    });
    const lost = { kind: 'server-state', from: 'running', to: 'missing', reason: { code: 'removed-outside' } };
    const about = [
      { server_id: cove, server_name: 'cove', agent_id: manager.agentId, happening_json: JSON.stringify(lost) },
      { server_id: reef, server_name: 'reef', agent_id: attic, happening_json: JSON.stringify(lost) },
      {
        server_id: null,
        server_name: null,
        agent_id: attic,
        happening_json: '{"kind":"agent-disk","nearlyFull":true,"freeBytes":1,"totalBytes":2}',
      },
    ];
    await manager.store.db
      .insertInto('events')
      .values(about.map((event) => ({ ...event, at: Date.now(), cause_json: '{"by":"link"}' })))
      .execute();
    await manager.call(contract.changeSettings, { body: { trashDays: 5 } });
    const seenBy = async (grant: Grant) => {
      const { items } = await createClient({ baseUrl: manager.url, token: await tokenWith(grant) })(contract.listAlarms, {});
      return items.map(({ subject }) => subject).sort();
    };
    const viewer = (scope: Grant['scope']): Grant => ({ role: 'viewer', scope });
    await expect.poll(() => seenBy(viewer({ kind: 'everything' })), { timeout: 20_000 }).toEqual(['attic', 'cove', 'reef']);
    expect(await seenBy(viewer({ kind: 'server', serverId: cove }))).toEqual(['cove']);
    expect(await seenBy(viewer({ kind: 'server', serverId: reef }))).toEqual(['reef']);
    expect(await seenBy(viewer({ kind: 'host', agentId: attic }))).toEqual(['attic', 'reef']);
    expect(await seenBy(viewer({ kind: 'server', serverId: harbour }))).toEqual([]);
  });
});

describe('a refusal', () => {
  it('because its data is being copied names neither the clone nor who asked for it', async () => {
    const call = await callAs('operator', harbour);
    const refusal = await call(contract.startServer, { params: { serverId: harbour }, body: {} }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'operation-in-progress', detail: 'The data of “harbour” is being copied. Wait for its end.' });
    expect(JSON.stringify(refusal)).not.toContain(copying);
    await expect(manager.call(contract.startServer, { params: { serverId: harbour }, body: {} })).rejects.toMatchObject({
      detail: expect.stringContaining('to “island”, asked for by tester'),
    });
  });

  it('of a port names its server only to who may see that', async () => {
    const cellar = await manager.server('cellar', 'stopped');
    const lobby = await manager.server('lobby', 'stopped');
    const ports = [{ name: 'game', protocol: 'udp' as const, containerPort: 7777, hostPort: 20_777 }];
    await manager.call(contract.configureServer, { params: { serverId: cellar }, body: { ports } });
    const wanted = { params: { serverId: lobby }, body: { ports } };
    await expect(manager.call(contract.configureServer, wanted)).rejects.toMatchObject({ detail: expect.stringContaining('“cellar”') });
    const refusal = await (await callAs('admin', lobby))(contract.configureServer, wanted).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'port-taken', detail: expect.stringContaining('another server') });
    expect(JSON.stringify({ ...(refusal as object) })).not.toContain('cellar');
  });
});
