// A rebuild replaces the container by one made from the record as it is now. The replacement is there before the old one
// goes; one that cannot start leaves the old one running.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { contract } from '@mainstay/wire/contract';
import type { ConfigureServer, Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import { SAMPLE_IMAGE } from '../../tools/sample-image.ts';
import type { Installation } from './harness/installation.ts';
import { freePort } from './harness/ports.ts';
import { build, freshName, worldOf } from './harness/sample.ts';
import { test } from './harness/scenario.ts';

const configure = ({ call }: Installation, server: Server, body: Partial<ConfigureServer>) =>
  call(contract.configureServer, { params: { serverId: server.id }, body });

describe('a rebuild', () => {
  test('applies a new image and new settings, and keeps name, ports and world', async ({ mainstay, onTestFinished }) => {
    const { host, outside } = mainstay;
    const [repo, tag] = ['mainstay/sample-server', freshName('newer')];
    const image = `${repo}:${tag}`;
    await outside.docker.getImage(SAMPLE_IMAGE).tag({ repo, tag });
    onTestFinished(async () => {
      // Only this installation's: others on this engine run the same image under another name.
      const ours = await outside.containersOfInstallation(mainstay.id);
      for (const { Id, Image } of ours) if (Image === image) await outside.remove(Id);
      await outside.docker.getImage(image).remove();
    });
    const server = await mainstay.create();
    const world = await build(host, server, 'tower');

    const configured = await configure(mainstay, server, { image, env: { ...server.env, MOTD: 'The new one' } });
    expect(configured).toMatchObject({ outdated: ['image', 'env'], revision: server.revision + 1, containerId: server.containerId });
    expect((await outside.inspect(server.name)).Config.Image).toBe(SAMPLE_IMAGE);

    await mainstay.carryOut('rebuild', server);

    const rebuilt = await mainstay.server(server.id);
    expect(rebuilt).toMatchObject({ state: 'running', name: server.name, ports: server.ports, outdated: [], image });
    expect(rebuilt.containerId).not.toBe(server.containerId);
    const container = await outside.inspect(server.name);
    expect(container).toMatchObject({
      Id: rebuilt.containerId,
      Config: { Image: image, Env: expect.arrayContaining(['MOTD=The new one']) },
    });
    expect(await outside.containersOf(server.id)).toHaveLength(1);
    const bridge = await build(host, rebuilt, 'bridge');
    expect(bridge).toMatchObject({ id: world.id });
    expect(bridge.things).toEqual([...world.things, { name: 'bridge', count: 1 }]);
    await mainstay.carryOut('delete', server);
  });

  test('applies a new name, new ports, limits and volumes', async ({ mainstay }) => {
    const server = await mainstay.create();
    const hostPort = await freePort();
    const name = freshName('renamed');
    const ports = server.ports.map((port) => (port.name === 'lobby' ? { ...port, hostPort } : port));
    const volumes = [...server.volumes, { name: 'mods', containerPath: '/mods' }];
    await configure(mainstay, server, { name, ports, volumes, limits: { memoryMb: 256, cpus: null } });
    await mainstay.carryOut('rebuild', server);

    const rebuilt = await mainstay.server(server.id);
    expect(rebuilt).toMatchObject({ state: 'running', name, ports, volumes, outdated: [] });
    await build(mainstay.host, rebuilt, 'tower');
    const [container, ...others] = await mainstay.outside.containersOf(server.id);
    expect(others).toEqual([]);
    expect(container?.Names).toEqual([`/${name}`]);
    const { HostConfig, Mounts } = await mainstay.outside.inspect(name);
    expect(HostConfig.Memory).toBe(256 * 1024 * 1024);
    expect(Mounts.map(({ Destination }) => Destination).sort()).toEqual(['/data', '/mods']);
  });

  test('of a stopped server leaves it stopped', async ({ mainstay }) => {
    const server = await mainstay.create({ start: false });
    await configure(mainstay, server, { env: { ...server.env, MOTD: 'The new one' } });
    await mainstay.carryOut('rebuild', server);
    const rebuilt = await mainstay.server(server.id);
    expect(rebuilt).toMatchObject({ state: 'stopped', intent: 'stopped', outdated: [] });
    expect(rebuilt.containerId).not.toBe(server.containerId);
    expect(await mainstay.outside.containersOf(server.id)).toMatchObject([{ Id: rebuilt.containerId }]);
  });
});

describe('a replacement that cannot start leaves the old one running, and says why', () => {
  const hopeless: [string, (mainstay: Installation, server: Server) => Promise<Partial<ConfigureServer>>, string][] = [
    ['its program is not in the image', async () => ({ command: ['/no/such/program'] }), 'container-failed'],
    [
      'its program ends at once, again and again',
      async (_, server) => ({ env: { ...server.env, CRASH_ON_START: '3' } }),
      'container-failed',
    ],
    ['its image cannot be had', async () => ({ image: 'registry.invalid/no/such-image:1' }), 'image-unavailable'],
    [
      'another program has its new port',
      async (_, server) => {
        const hostPort = await freePort();
        const other = createServer().listen(hostPort, '0.0.0.0');
        other.unref();
        await once(other, 'listening');
        return { ports: server.ports.map((port) => (port.name === 'lobby' ? { ...port, hostPort } : port)) };
      },
      'port-taken',
    ],
  ];

  test.for(hopeless)('%s', async ([, wish, code], { mainstay }) => {
    const { host, outside } = mainstay;
    const server = await mainstay.create();
    const world = await build(host, server, 'tower');
    const configured = await configure(mainstay, server, await wish(mainstay, server));

    const rebuild = await mainstay.ended(await mainstay.ask('rebuild', server));

    expect(rebuild).toMatchObject({ state: 'failed', error: { code, detail: expect.any(String) } });
    const after = await mainstay.server(server.id);
    expect(after).toMatchObject({ state: 'running', containerId: server.containerId, outdated: configured.outdated, operation: null });
    expect(await outside.containersOf(server.id)).toMatchObject([{ Id: server.containerId, State: 'running', Names: [`/${server.name}`] }]);
    expect(worldOf(host, server)).toMatchObject({ id: world.id, things: world.things });
  });
});
