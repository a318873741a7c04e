// Hosts as people see to them: renamed, drained, asked about ports, rid of strays, and removed.

import { contract } from '@mainstay/wire/contract';
import Docker from 'dockerode';
import { describe, expect } from 'vitest';
import { SAMPLE_IMAGE } from '../../tools/sample-image.ts';
import type { Installation } from './harness/installation.ts';
import { freePort } from './harness/ports.ts';
import { freshName, portOf, sampleServer } from './harness/sample.ts';
import { test } from './harness/scenario.ts';
import { until } from './harness/until.ts';

const of = async (mainstay: Installation) => ({ params: { agentId: (await mainstay.agent()).id } });

describe('a host', () => {
  test('is renamed, and its servers show the new name', async ({ mainstay }) => {
    const server = await mainstay.create();
    const agent = await mainstay.call(contract.configureAgent, { ...(await of(mainstay)), body: { name: 'basement' } });
    expect(agent.name).toBe('basement');
    expect((await mainstay.server(server.id)).host.name).toBe('basement');
  });

  test('that is drained takes no new server, and keeps those that it has', async ({ mainstay }) => {
    const server = await mainstay.create();
    const draining = (value: boolean) => async () =>
      mainstay.call(contract.configureAgent, { ...(await of(mainstay)), body: { draining: value } });
    await draining(true)();
    const { agentId } = server;
    await expect(mainstay.call(contract.createServer, { body: { ...(await sampleServer()), agentId } })).rejects.toMatchObject({
      code: 'host-draining',
    });
    await mainstay.carryOut('restart', server);
    await draining(false)();
    await mainstay.create();
  });

  test('says who has a port', async ({ mainstay }) => {
    const server = await mainstay.create();
    const ask = async (port: number) => mainstay.call(contract.checkPort, { ...(await of(mainstay)), query: { protocol: 'tcp', port } });
    expect(await ask(portOf(server, 'lobby'))).toEqual({ free: 'no', holder: `server “${server.name}”` });
    expect(await ask(await freePort())).toEqual({ free: 'yes', holder: null });
    const managerPort = Number(new URL(mainstay.manager.url).port);
    expect(await ask(managerPort)).toMatchObject({ free: 'no', holder: expect.stringContaining('process') });
  });

  test('shows a container that has our label and is no server’s, and rids itself of it when asked', async ({ mainstay }) => {
    const server = await mainstay.create();
    const docker = new Docker();
    const stray = await docker.createContainer({
      name: freshName('stray'),
      Image: SAMPLE_IMAGE,
      Labels: { 'mainstay.installation': mainstay.id },
    });
    const shown = await until(
      'the stray shown',
      () => mainstay.agent(),
      ({ strays }) => strays.some(({ containerId }) => containerId === stray.id),
    );
    expect(shown.strays).toHaveLength(1);

    await mainstay.call(contract.removeStray, { params: { agentId: shown.id, containerId: stray.id } });

    expect((await mainstay.agent()).strays).toEqual([]);
    await expect(stray.inspect()).rejects.toMatchObject({ statusCode: 404 });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running' });
    const own = { params: { agentId: shown.id, containerId: server.containerId ?? '' } };
    await expect(mainstay.call(contract.removeStray, own)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('that has servers is removed only by its name, and then touches nothing of them', async ({ mainstay }) => {
    const server = await mainstay.create();
    const { name } = await mainstay.agent();
    const remove = async (query: { force?: 'true'; confirmName?: string }) =>
      mainstay.call(contract.removeAgent, { ...(await of(mainstay)), query });
    await expect(remove({})).rejects.toMatchObject({ code: 'host-not-empty' });
    await expect(remove({ force: 'true', confirmName: 'another' })).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running' });

    await remove({ force: 'true', confirmName: name });

    expect((await mainstay.call(contract.listAgents, {})).items).toEqual([]);
    await expect(mainstay.server(server.id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await mainstay.outside.inspect(server.name)).toMatchObject({ State: { Running: true } });
  });
});
