// Absence of evidence changes nothing: while an engine does not answer, or answers with less than the truth, or its host
// is not heard, every server stays as it was, and it is told since when nothing is known.

import type { Fault } from '@mainstay/core/fault';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import type { Misbehaviour } from './harness/engine-proxy.ts';
import type { Installation } from './harness/installation.ts';
import { proxied } from './harness/scenario.ts';
import { until } from './harness/until.ts';

// What does not change can be shared.
const test = proxied.extend('servers', { scope: 'file' }, async ({ mainstay }) => ({
  running: await mainstay.create(),
  stopped: await mainstay.create({ start: false }),
}));

type Servers = { running: Server; stopped: Server };

/** All that an observation could have changed. */
const standing = ({ state, intent, stateCause, stateSince, containerId, dataExists }: Server) => {
  return { state, intent, stateCause, stateSince, containerId, dataExists };
};

async function expectUnchanged(mainstay: Installation, servers: Servers): Promise<void> {
  for (const before of Object.values(servers)) expect(standing(await mainstay.server(before.id))).toEqual(standing(before));
}

/** A full look now; resolves with why it could not be taken, or null. */
async function look(mainstay: Installation): Promise<Fault | null> {
  const { agentId } = (await mainstay.servers())[0]!;
  return mainstay.call(contract.syncAgent, { params: { agentId } }).then(
    () => null,
    (fault: Fault) => fault,
  );
}

describe('the engine unreachable', () => {
  test('changes no server’s state, and the host says since when', async ({ mainstay, engine, servers }) => {
    const before = Date.now();
    engine.refuse();
    expect(await look(mainstay)).toMatchObject({ code: 'engine-unreachable' });

    await expectUnchanged(mainstay, servers);
    const agent = await mainstay.agent();
    expect(agent).toMatchObject({ online: true, engine: { state: 'unreachable', detail: expect.any(String) } });
    expect(agent.engine?.since).toBeGreaterThanOrEqual(before);
    expect(await mainstay.server(servers.running.id)).toMatchObject({ host: { online: true, engine: 'unreachable' } });

    await engine.accept();
    expect(await look(mainstay)).toBeNull();
    expect(await mainstay.agent()).toMatchObject({ engine: { state: 'ok', detail: null } });
    await expectUnchanged(mainstay, servers);
  });

  test('hides nothing for good: what happened meanwhile shows once it answers', async ({ mainstay, engine }) => {
    const server = await mainstay.create();
    engine.refuse();
    await mainstay.outside.remove(server.name);
    expect(await look(mainstay)).toMatchObject({ code: 'engine-unreachable' });
    expect(standing(await mainstay.server(server.id))).toEqual(standing(server));
    await engine.accept();
    await mainstay.untilState(server.id, 'missing');
  });

  test('makes a stop wait, and it is done once the engine answers', async ({ mainstay, engine }) => {
    const server = await mainstay.create();
    engine.refuse();
    const stop = await mainstay.ask('stop', server);
    const waiting = await mainstay.untilWaiting(stop);
    expect(waiting.waitingFor).toBe('the host’s Docker engine to answer');
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running' });
    await engine.accept();
    expect(await mainstay.ended(stop)).toMatchObject({ state: 'succeeded' });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'stopped' });
  });
});

describe('a list of containers', () => {
  test.for<[string, Misbehaviour]>([
    ['that fails', 'fail'],
    ['that breaks off midway', 'cut-short'],
    ['that never comes', 'mute'],
  ])('%s changes no server’s state', async ([, how], { mainstay, engine, servers }) => {
    engine.misbehave(/^GET \/containers\/json/, how);
    expect(await look(mainstay)).toMatchObject({ code: 'engine-unreachable', detail: expect.any(String) });
    await expectUnchanged(mainstay, servers);
    expect(await mainstay.agent()).toMatchObject({ engine: { state: 'unreachable' } });
  });

  test('without containers that the engine still knows by their ids changes no server’s state', async ({ mainstay, engine, servers }) => {
    engine.misbehave(/^GET \/containers\/json/, 'forget');
    expect(await look(mainstay)).toBeNull();
    await expectUnchanged(mainstay, servers);
  });
});

describe('another engine at the same socket', () => {
  test('changes no server’s state, and the host says what happened', async ({ mainstay, engine, servers }) => {
    engine.pretend('ANOTHER:ENGINE');
    const agent = await until('the other engine told', mainstay.agent, (seen) => seen.engine?.state === 'other');
    expect(agent.engine?.detail).toContain('ANOTHER:ENGINE');
    await look(mainstay);
    await expectUnchanged(mainstay, servers);
    expect(await mainstay.server(servers.running.id)).toMatchObject({ host: { engine: 'other' } });

    engine.pretend(null);
    await until('the own engine told', mainstay.agent, (seen) => seen.engine?.state === 'ok');
    await expectUnchanged(mainstay, servers);
  });

  test('is not used: a start waits for the host’s own', async ({ mainstay, engine }) => {
    const server = await mainstay.create({ start: false });
    engine.pretend('ANOTHER:ENGINE');
    await until('the other engine told', mainstay.agent, (seen) => seen.engine?.state === 'other');
    const asked = engine.requests.length;
    const start = await mainstay.ask('start', server);
    const waiting = await mainstay.untilWaiting(start);
    expect(waiting.waitingFor).toContain('another one answers there now');
    await look(mainstay);
    expect(engine.requests.slice(asked).filter((request) => !request.startsWith('GET '))).toEqual([]);
    const cancelled = await mainstay.call(contract.cancelOperation, { params: { operationId: start.id } });
    expect(await mainstay.ended(cancelled)).toMatchObject({ state: 'cancelled' });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'stopped', containerId: server.containerId });
    engine.pretend(null);
    await until('the own engine told', mainstay.agent, (seen) => seen.engine?.state === 'ok');
  });
});

describe('the host away', () => {
  test('changes no server’s state; the page says since when it is not heard', async ({ mainstay, servers }) => {
    const { host } = mainstay;
    const page = await mainstay.changes();
    const before = Date.now();
    await host.kill();

    const told = await page.first('the host away', ({ event }) => event?.happening.kind === 'agent-away');
    expect(told.agent).toMatchObject({ online: false });
    const agent = await mainstay.agent();
    expect(agent.online).toBe(false);
    expect(agent.since).toBeGreaterThanOrEqual(before);
    expect(agent.lastHeardAt).toBeLessThanOrEqual(agent.since);
    const shown = await mainstay.server(servers.running.id);
    expect(shown.host).toMatchObject({ online: false, lastHeardAt: agent.lastHeardAt });
    await expect(look(mainstay)).resolves.toMatchObject({ code: 'host-away' });
    await expectUnchanged(mainstay, servers);

    host.start();
    await mainstay.untilOnline();
    await expectUnchanged(mainstay, servers);
  });

  test('is still told when the manager was started again meanwhile', async ({ mainstay, servers }) => {
    const { host, manager } = mainstay;
    await host.stop();
    const before = await mainstay.untilAway();
    await manager.stop();
    await manager.start();
    const agent = await mainstay.agent();
    expect(agent).toMatchObject({ online: false, lastHeardAt: before.lastHeardAt });
    expect(agent.since).toBeLessThanOrEqual(before.since);
    await expectUnchanged(mainstay, servers);
    host.start();
    await mainstay.untilOnline();
  });

  test('hides nothing for good: a removal meanwhile shows once it is back', async ({ mainstay }) => {
    const { host, outside } = mainstay;
    const server = await mainstay.create();
    await host.kill();
    await mainstay.untilAway();
    await outside.remove(server.name);
    expect(standing(await mainstay.server(server.id))).toEqual(standing(server));
    host.start();
    await mainstay.untilState(server.id, 'missing');
  });
});
