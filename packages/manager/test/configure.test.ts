// Changing a record: what is not named stays, and what the present container still has stays held.

import { contract } from '@mainstay/wire/contract';
import type { ConfigureServer } from '@mainstay/wire/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownManager } from './harness.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
beforeAll(async () => {
  manager = await ownManager();
});
afterAll(() => manager.end());

const lobby = { name: 'lobby', protocol: 'tcp', containerPort: 7777 } as const;
let made = 0;

/** A stopped server with a container made from its record as it is. */
async function stoppedServer(hostPort: number) {
  made += 1;
  const name = `server-${made}`;
  const id = await manager.server(name, 'stopped');
  const { agentId } = manager;
  await manager.store.db
    .insertInto('port_allocations')
    .values({ agent_id: agentId, protocol: 'tcp', host_port: hostPort, server_id: id, container_port: 7777, name: 'lobby', position: 0 })
    .execute();
  const { name: _, ...spec } = await manager.call(contract.getServer, { params: { serverId: id } });
  await manager.store.db
    .updateTable('servers')
    .set({ applied_json: JSON.stringify({ ...spec, name }), container_id: 'c0ffee' })
    .where('id', '=', id)
    .execute();
  return { id, name };
}

const configure = (serverId: string, body: ConfigureServer) => manager.call(contract.configureServer, { params: { serverId }, body });
const create = (body: { name: string; ports?: { name: string; protocol: 'tcp'; containerPort: number; hostPort?: number }[] }) =>
  manager.call(contract.createServer, { body: { image: 'any', ...body } });

it('what a program says once it is ready must be a pattern that can be looked for, at its creation and later', async () => {
  const ready = { line: '(', regex: true };
  const refusal = { code: 'invalid-request', extra: { errors: [{ path: '/ready/line', message: expect.stringContaining('RE2') }] } };
  const { id } = await stoppedServer(21999);
  await expect(configure(id, { ready })).rejects.toMatchObject(refusal);
  await expect(configure(id, { ready: { line: '(', regex: false } })).resolves.toMatchObject({ ready: { line: '(' } });
  await expect(manager.call(contract.createServer, { body: { image: 'any', name: 'never-ready', ready } })).rejects.toMatchObject(refusal);
  expect((await manager.call(contract.listServers, {})).items.map(({ name }) => name)).not.toContain('never-ready');
});

describe('a change of the record', () => {
  it('keeps what it does not name, inside the settings too', async () => {
    const { id } = await stoppedServer(20100);
    await configure(id, { stop: { signal: 'SIGTERM', graceSeconds: 3600 }, limits: { memoryMb: 512, cpus: 2 } });
    const after = await configure(id, { stop: { signal: 'SIGINT' }, limits: { cpus: null } });
    expect(after.stop).toEqual({ signal: 'SIGINT', graceSeconds: 3600 });
    expect(after.limits).toEqual({ memoryMb: 512, cpus: null });
  });

  it('keeps the host port of a port that it names without one', async () => {
    const { id } = await stoppedServer(20110);
    const after = await configure(id, { ports: [{ ...lobby, name: 'game' }] });
    expect(after.ports).toEqual([{ ...lobby, name: 'game', hostPort: 20110 }]);
  });

  it('gives no port away that the present container still has', async () => {
    const { id } = await stoppedServer(20120);
    await configure(id, { ports: [{ ...lobby, hostPort: 20121 }] });
    const ask = create({ name: 'greedy', ports: [{ ...lobby, hostPort: 20120 }] });
    await expect(ask).rejects.toMatchObject({ code: 'port-taken', detail: expect.stringContaining('20120') });
    expect((await configure(id, { ports: [{ ...lobby, hostPort: 20120 }] })).ports).toEqual([{ ...lobby, hostPort: 20120 }]);
  });

  it('gives no name away that the present container still has, and takes it back', async () => {
    const { id, name } = await stoppedServer(20130);
    await configure(id, { name: 'renamed' });
    await expect(create({ name })).rejects.toMatchObject({ code: 'name-taken' });
    expect(await configure(id, { name })).toMatchObject({ name });
  });

  it('of a revision that is no longer the record’s is refused, and changes nothing', async () => {
    const { id } = await stoppedServer(20140);
    const { revision } = await configure(id, { env: { A: '1' } });
    await expect(configure(id, { env: { A: '2' }, revision: revision - 1 })).rejects.toMatchObject({ code: 'stale-revision' });
    expect(await manager.call(contract.getServer, { params: { serverId: id } })).toMatchObject({ env: { A: '1' }, revision });
  });
});
