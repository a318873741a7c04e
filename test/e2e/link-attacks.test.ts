// The link under attack: by whoever reaches its address, by who overheard a proof, and by an agent that joined and lies.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadKey } from '@mainstay/agent/identity';
import type { Agent } from '@mainstay/wire/agents';
import { joinPayload } from '@mainstay/wire/agents';
import { createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import { agentMethods, agentNotifications, closeCodes, linkVersion, managerMethods, provePayload } from '@mainstay/wire/link';
import { progressType } from '@mainstay/wire/rpc';
import type { Server } from '@mainstay/wire/servers';
import { describe, expect, onTestFinished } from 'vitest';
import type { Installation } from './harness/installation.ts';
import { ownDirectory } from './harness/ledger.ts';
import { freshName } from './harness/sample.ts';
import { test as base } from './harness/scenario.ts';
import { allGone, knock, type Stranger } from './harness/stranger.ts';
import { until } from './harness/until.ts';

const test = base.extend('server', { scope: 'file' }, ({ mainstay }): Promise<Server> => mainstay.create());

/** For `catch`: the test itself has removed it. */
const unlessGone = (error: unknown) => expect(error).toMatchObject({ code: 'not-found' });

const cut = 1006;
const unknown = '00000000-0000-4000-8000-000000000000';

/** That an attack has changed nothing: the host is linked as before, and the server runs as before. */
async function unharmed(mainstay: Installation, before: Agent, server: Server) {
  expect(await mainstay.agent()).toMatchObject({ online: true, since: before.since });
  expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', stateSince: server.stateSince });
}

/** All that JSON-RPC and the link know to say, and some that they do not. */
const kinds: readonly object[] = [
  ...Object.keys({ ...managerMethods, ...agentMethods, ...agentNotifications, 'no.such': 1, constructor: 1 })
    .filter((method) => method !== 'link.hello')
    .flatMap((method) => [
      { id: 1, method, params: {} },
      { method, params: {} },
    ]),
  { method: 'link.hello', params: { linkVersion, agentId: unknown } },
  { id: 1, method: 'link.hello', params: { linkVersion, agentId: '../..' } },
  { id: 1, method: 'link.hello', params: [] },
  { id: 1, result: {} },
  { id: 1, error: { code: 1, message: 'x' } },
  { method: '$/cancelRequest', params: { id: 1 } },
  { method: '$/progress', params: { token: '1', value: { done: 1 } } },
].map((message) => ({ jsonrpc: '2.0', ...message }));

describe('the first thing that a stranger should not say closes the socket', () => {
  test.for(kinds)('%j', async (message, { mainstay, server }) => {
    const before = await mainstay.agent();
    const stranger = await knock(mainstay);
    stranger.send(JSON.stringify(message));
    expect(await stranger.closed).toBe(closeCodes.unproven);

    const known = await knock(mainstay);
    await known.hello(before.id);
    known.send(JSON.stringify(message));
    expect(await known.closed).toBe(closeCodes.unproven);
    await unharmed(mainstay, before, server);
  });

  const malformed: [what: string, text: string | Buffer][] = [
    ['no JSON', 'hello'],
    ['half of one', '{"jsonrpc":"2.0"'],
    ['nothing', ''],
    ['null', 'null'],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"link.hello"}]'],
    ['bytes', Buffer.from([0, 255, 0])],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"link.hello","params":{}}'],
    ['a nesting', '['.repeat(8000)],
  ];
  test.for(malformed)('as %s', async ([, text], { mainstay, server }) => {
    const before = await mainstay.agent();
    const stranger = await knock(mainstay);
    stranger.send(text);
    expect(await stranger.closed).toBe(closeCodes.unproven);
    await unharmed(mainstay, before, server);
  });

  test('as a second hello', async ({ mainstay, server }) => {
    const before = await mainstay.agent();
    const stranger = await knock(mainstay);
    await stranger.hello(before.id);
    void stranger.hello(before.id);
    expect(await stranger.closed).toBe(closeCodes.unproven);
    await unharmed(mainstay, before, server);
  });
});

describe('a stranger who says much is cut off', () => {
  test('in one message, before all of it was taken', async ({ mainstay, server }) => {
    const before = await mainstay.agent();
    const stranger = await knock(mainstay);
    stranger.send(`{"jsonrpc":"2.0","id":1,"method":"link.hello","params":{"x":"${'x'.repeat(16 * 1024 * 1024)}"}}`);
    expect(await stranger.closed).toBe(cut);
    await unharmed(mainstay, before, server);
  });

  test('in pings', async ({ mainstay, server }) => {
    const before = await mainstay.agent();
    const stranger = await knock(mainstay);
    for (let count = 0; count < 1000; count += 1) stranger.ping(Buffer.alloc(100));
    expect(await stranger.closed).toBe(cut);
    await unharmed(mainstay, before, server);
  });

  test('by more sockets than there is room for: the host comes back through them', async ({ mainstay, server }) => {
    const crowd: Stranger[] = [];
    for (let count = 0; count < 600; count += 50) {
      crowd.push(...(await Promise.all(Array.from({ length: 50 }, () => knock(mainstay)))));
    }
    await mainstay.host.kill();
    await mainstay.untilAway();
    const late = await Promise.all(Array.from({ length: 50 }, () => knock(mainstay)));
    mainstay.host.start();
    await mainstay.untilOnline();
    for (const stranger of [...crowd, ...late]) stranger.close();
    expect((await mainstay.server(server.id)).state).toBe('running');
  });
});

describe('a proof is worth nothing', () => {
  const proofs: [what: string, text: (installation: string, agent: string, nonce: string) => string][] = [
    ['for another installation', (_, agent, nonce) => provePayload(unknown, agent, nonce)],
    ['for another agent', (installation, _, nonce) => provePayload(installation, unknown, nonce)],
    ['for another connection', (installation, agent) => provePayload(installation, agent, 'x'.repeat(43))],
    ['for another use', (installation, agent, nonce) => `join\n${installation}\n${agent}\n${nonce}`],
    ['for another version of the link', (...parts) => provePayload(...parts).replace(`/${linkVersion}`, `/${linkVersion - 1}`)],
    ['with more behind it', (...parts) => `${provePayload(...parts)}\n`],
  ];
  test.for(proofs)('%s', async ([, text], { mainstay, server }) => {
    const before = await mainstay.agent();
    const key = await loadKey(mainstay.host.home);
    const stranger = await knock(mainstay);
    const { installationId, nonce } = await stranger.hello(before.id);
    expect(await stranger.refused(key.sign(text(installationId, before.id, nonce)), before)).toBe(closeCodes.unproven);
    await unharmed(mainstay, before, server);
  });

  test.for(['', 'A', '!', 'A'.repeat(86), 'A'.repeat(200), 'A'.repeat(201)])('that is no signature: %s', async (signature, {
    mainstay,
    server,
  }) => {
    const before = await mainstay.agent();
    const stranger = await knock(mainstay);
    await stranger.hello(before.id);
    expect(await stranger.refused(signature, before)).toBe(closeCodes.unproven);
    await unharmed(mainstay, before, server);
  });

  test('once it has failed: the right one after it is not heard', async ({ mainstay, server }) => {
    const before = await mainstay.agent();
    const key = await loadKey(mainstay.host.home);
    const stranger = await knock(mainstay);
    const { installationId, nonce } = await stranger.hello(before.id);
    const wrong = stranger.refused('AAAA', before);
    stranger.prove(key.sign(provePayload(installationId, before.id, nonce)), before).catch(() => undefined);
    expect(await wrong).toBe(closeCodes.unproven);
    await unharmed(mainstay, before, server);
  });

  test('in what the manager keeps: a copy of all its files signs for nobody', async ({ mainstay, server }) => {
    const before = await mainstay.agent();
    const pem = readFileSync(join(mainstay.host.home, 'key.pem'), 'utf8').split('\n')[1] ?? '';
    expect(pem).not.toBe('');
    const seed = Buffer.from(pem, 'base64').subarray(-32);
    const secrets = [Buffer.from(pem), seed, Buffer.from(seed.toString('base64url')), Buffer.from(seed.toString('hex'))];
    const kept = join(mainstay.manager.home, 'manager');
    for (const name of readdirSync(kept)) {
      const bytes = readFileSync(join(kept, name));
      for (const secret of secrets) expect(bytes.includes(secret), name).toBe(false);
    }
    await unharmed(mainstay, before, server);
  });
});

describe('an agent that joined', () => {
  /** A host of its own, of which everything is made up by the test. */
  async function joined(mainstay: Installation, name: string) {
    const key = await loadKey(ownDirectory('key'));
    const { token } = await mainstay.call(contract.createJoinToken, {});
    const signature = key.sign(joinPayload(token, name));
    const { agentId } = await mainstay.call(contract.joinAgent, { body: { joinToken: token, name, publicKey: key.publicKey, signature } });
    onTestFinished(async () => {
      const query = { force: 'true', confirmName: name } as const;
      await mainstay.call(contract.removeAgent, { params: { agentId }, query }).catch(unlessGone);
    });
    const facts = { ...(await mainstay.agent()).facts };
    return {
      agentId,
      /** @param answer what it answers from its first moment on, whatever it is asked */
      async link(answer?: (method: string) => unknown) {
        const stranger = await knock(mainstay);
        if (answer) stranger.connection.onRequest(answer);
        const { installationId, nonce } = await stranger.hello(agentId);
        const closed = stranger.closed.then((code) => Promise.reject(new Error(`closed with ${code}`)));
        closed.catch(() => undefined);
        await Promise.race([stranger.prove(key.sign(provePayload(installationId, agentId, nonce)), { facts } as Agent), closed]);
        return stranger;
      },
    };
  }

  test('cannot speak of another’s servers in anything that it tells', async ({ mainstay, server }) => {
    const before = await mainstay.agent();
    const liar = await (await joined(mainstay, freshName())).link();
    await liar.observe(allGone(before, [server.id]));
    await liar.connection.sendNotification('host.usage', {
      takenAt: Date.now(),
      servers: [{ serverId: server.id, cores: 999, memoryBytes: 1, memoryLimitBytes: null, receivedPerSecond: null, sentPerSecond: null }],
    });
    // Answered after what was said before it.
    await liar.observe(allGone(before, [server.id]));
    await unharmed(mainstay, before, server);
    expect((await mainstay.server(server.id)).usage?.cores).not.toBe(999);
    liar.close();
  });

  test('cannot answer for another: neither what it was asked nor what it was not', async ({ mainstay, server }) => {
    const before = await mainstay.agent();
    const own = await joined(mainstay, freshName());
    const liar = await own.link();
    const asked: string[] = [];
    const containerId = server.containerId ?? '';
    liar.connection.onRequest((method) => {
      asked.push(method);
      const observation = { ...allGone(before, [server.id]), strays: [] };
      if (method === 'host.look') return observation;
      if (method === 'server.checkdata') {
        const data = { exists: 'no', at: Date.now() };
        return { servers: [{ serverId: server.id, data, refusal: null }] };
      }
      if (method === 'server.apply') return { containerId, endedBy: null, observation };
      return {};
    });
    // Progress and answers to requests that the real host is being asked.
    for (let id = 0; id < 50; id += 1) {
      await liar.connection.sendProgress(progressType, String(id), { done: 1, total: 2, unit: 'bytes', said: 'a lie' });
      liar.send(
        JSON.stringify({ jsonrpc: '2.0', id, result: { containerId, endedBy: 'kill', observation: allGone(before, [server.id]) } }),
      );
    }
    const operation = await mainstay.call(contract.createServer, {
      body: { name: freshName(), image: 'any/thing', agentId: own.agentId },
    });
    await until(
      'the liar asked to make a container',
      async () => asked,
      (seen) => seen.includes('server.apply'),
    );
    expect(JSON.stringify(await mainstay.call(contract.getOperation, { params: { operationId: operation.id } }))).not.toContain('a lie');
    await mainstay.carryOut('restart', server);
    const after = await mainstay.server(server.id);
    expect(after).toMatchObject({ state: 'running', containerId: server.containerId });
    expect(await mainstay.agent()).toMatchObject({ online: true, since: before.since });
    liar.close();
  });

  test('cannot say anything of another’s disk, data or readiness where it is asked about its own', async ({ mainstay, server }) => {
    const measured = await mainstay.untilServer(server.id, 'its size', ({ dataBytes }) => dataBytes !== null);
    const own = await joined(mainstay, freshName());
    const liar = await own.link();
    const asked: string[] = [];
    const about = { serverId: server.id, data: { exists: 'no', at: Date.now() } };
    liar.connection.onRequest((method) => {
      asked.push(method);
      const look = allGone({ facts: null } as Agent, []);
      const seen = { sighting: { kind: 'running', containerId: 'c0ffee' }, crashes: [], restarts: 7, readyAt: 7 };
      if (method === 'host.look') return { ...look, engineId: 'of the liar', servers: [{ ...about, ...seen }], strays: [] };
      if (method === 'server.checkdata') return { servers: [{ ...about, refusal: null }] };
      const servers = [{ serverId: server.id, volumes: { world: 123_456_789 } }];
      if (method === 'host.measure') return { servers, trashBytes: null, archiveBytes: null, disk: null };
      return {};
    });
    await mainstay.call(contract.syncAgent, { params: { agentId: own.agentId } });
    await until(
      'the liar asked for sizes twice, so that the first answer was taken',
      async () => {
        await mainstay.call(contract.syncAgent, { params: { agentId: own.agentId } });
        return asked.filter((method) => method === 'host.measure').length;
      },
      (times) => times > 2,
    );
    const { dataBytes, dataExists, readyAt, containerId, agentId } = await mainstay.server(server.id);
    expect({ dataExists, readyAt, containerId, agentId }).toEqual({
      dataExists: 'yes',
      readyAt: measured.readyAt,
      containerId: measured.containerId,
      agentId: measured.agentId,
    });
    expect(dataBytes).not.toBe(123_456_789);
    expect((await mainstay.call(contract.getServerDisk, { params: { serverId: server.id } })).samples).not.toContainEqual(
      expect.objectContaining({ volumes: { world: 123_456_789 } }),
    );
    liar.close();
  });

  test('cannot take over a server of another, nor its history, by what it says that its trash holds', async ({ mainstay, server }) => {
    const purged = await mainstay.create();
    await mainstay.carryOut('delete', purged);
    await mainstay.carryOut('purge', purged, { removeData: true, confirmName: purged.name });
    const own = await joined(mainstay, freshName());
    const liar = await own.link();
    const spec = {
      name: freshName(),
      image: 'any/thing',
      env: {},
      command: null,
      ports: [],
      volumes: [],
      limits: { memoryMb: null, cpus: null },
      stop: { signal: null, graceSeconds: 1 },
      restart: 'no',
    };
    liar.connection.onRequest((method) => (method === 'host.trashed' ? { record: { spec, conduct: null, made: null } } : {}));
    const restore = (serverId: string) =>
      mainstay.call(contract.restoreTrashed, { params: { agentId: own.agentId, trashId: `${serverId}.1` }, body: {} });
    for (const { id, name } of [purged, server]) {
      const refusal = await restore(id).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'data-foreign' });
      expect(JSON.stringify(refusal)).not.toContain(name);
    }
    // One that it may have is brought back: by its word alone, as ever.
    expect(await restore(crypto.randomUUID())).toMatchObject({ kind: 'restore' });
    const { token } = await mainstay.call(contract.createToken, {
      body: { name: freshName(), grants: [{ role: 'admin', scope: { kind: 'host', agentId: own.agentId as never } }] },
    });
    const itsPeople = createClient({ baseUrl: mainstay.url, token });
    for (const { id } of [purged, server])
      await expect(itsPeople(contract.listServerEvents, { params: { serverId: id } })).rejects.toMatchObject({ code: 'not-found' });
    liar.close();
  });

  test('is given the data of no operation but its own', async ({ mainstay, server }) => {
    const own = await joined(mainstay, freshName());
    const liar = await (await joined(mainstay, freshName())).link();
    const body = { name: freshName(), agentId: own.agentId, data: 'copy' as const, source: 'live' as const, ports: [] };
    const { id: operationId } = await mainstay.call(contract.cloneServer, { params: { serverId: server.id }, body });
    const ask = (stranger: Stranger) =>
      stranger.connection.sendRequest('copy.ask', { operationId, question: { ask: 'begin', count: false } });
    await expect(ask(liar)).rejects.toMatchObject({ data: { code: 'not-found' } });
    // The host that it is of is given it.
    const honest = await own.link((method) => (method === 'server.apply' ? new Promise(() => undefined) : {}));
    expect(await ask(honest)).toMatchObject({ of: 'begin', begin: { volumes: [{ name: 'world' }] } });
    await expect(ask(liar)).rejects.toMatchObject({ data: { code: 'not-found' } });
    for (const each of [liar, honest]) each.close();
  });

  test('is closed by the newer of two connections that prove themselves, and the older is heard no more', async ({ mainstay }) => {
    const own = await joined(mainstay, freshName());
    const older = await own.link();
    const newer = await own.link();
    const said = older.observe(allGone(await mainstay.agent(), [])).then(
      () => 'heard',
      () => 'refused',
    );
    expect(await Promise.race([older.closed, said])).not.toBe('heard');
    expect(await older.closed).toBe(closeCodes.replaced);
    await newer.observe(allGone(await mainstay.agent(), []));
    newer.close();
  });

  test('is cut off at once when it is removed, and its key opens nothing any more', async ({ mainstay }) => {
    const own = await joined(mainstay, freshName());
    const removed = await own.link();
    await mainstay.call(contract.removeAgent, { params: { agentId: own.agentId } });
    const said = removed.observe(allGone(await mainstay.agent(), [])).then(
      () => 'heard',
      () => 'refused',
    );
    expect(await Promise.race([removed.closed, said])).not.toBe('heard');
    expect(await removed.closed).toBe(closeCodes.revoked);
    await expect(own.link()).rejects.toThrow();
  });

  test('that sends what is no message stays linked, and nothing of it is believed', async ({ mainstay, server }) => {
    const before = await mainstay.agent();
    const liar = await (await joined(mainstay, freshName())).link();
    for (const text of ['', 'null', '[]', '{"jsonrpc":"2.0","method":"host.facts","params":{"clockAt":"x"}}', '['.repeat(50_000)])
      liar.send(text);
    await expect(liar.connection.sendRequest('no.such', {})).rejects.toThrow();
    await expect(liar.observe({ ...allGone(before, []), servers: [{ serverId: '../..' }] })).rejects.toThrow();
    await unharmed(mainstay, before, server);
    liar.close();
  });
});
