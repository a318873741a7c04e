import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { OperationId, ServerId } from '@mainstay/core/id';
import type { ContainerSpec, Effect } from '@mainstay/wire/link';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readManifest } from '../src/manifest.ts';
import { createHandlers } from '../src/serve.ts';
import { apply } from '../src/steps.ts';
import { bringUp, docker, eventually, newServerId, openHost, program, sampleSpec, type TestHost } from './host.ts';

let host: TestHost;
let serverId: ServerId;
let spec: ContainerSpec;
let port: number;

const containers = async () => {
  const all = await docker.listContainers({ all: true, filters: { label: [`mainstay.server=${serverId}`] } });
  return all.map(({ Id, Names, State }) => ({ id: Id, name: String(Names[0]).slice(1), state: State }));
};
const names = async () => (await containers()).map(({ name }) => name).sort();
const body = (id: string) => docker.getContainer(id).inspect();
const perform = (...effects: Effect[]) => host.do(serverId, ...effects);
const running = { action: 'ensure-running', mustHold: false, ready: null } as const;
const stopped = (graceSeconds = 3) => ({ action: 'ensure-stopped', graceSeconds, console: { via: 'none' } }) as const;

/** Its program is up: it listens for its stop signal. */
const isUp = () => eventually(async () => (await readdir(join(host.dataRoot, serverId, 'volumes', 'world'))).length > 0);

const freePort = async () => {
  const server = createServer().listen(0, '0.0.0.0');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port: free } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return free;
};

beforeAll(async () => {
  host = await openHost();
});
beforeEach(async () => {
  serverId = newServerId();
  port = await freePort();
  spec = sampleSpec(`steps-${serverId.slice(0, 8)}`, { ports: [{ name: 'game', protocol: 'tcp', containerPort: 7777, hostPort: port }] });
});
afterEach(() => perform({ action: 'ensure-absent' }));
afterAll(() => host.close());

describe('a new server', () => {
  it('comes up as its record says, and doing it all again changes nothing', async () => {
    const first = await perform(...bringUp(spec));
    const again = await perform(...bringUp(spec));
    expect(again.containerId).toBe(first.containerId);
    expect(first.observation.servers[0]).toMatchObject({ serverId, sighting: { kind: 'running' }, data: { exists: 'yes' } });
    const { Name, Config, HostConfig, Mounts } = await body(String(first.containerId));
    expect(Name).toBe(`/${spec.name}`);
    expect(Config.Hostname).toBe(spec.name);
    expect(Config.Labels).toMatchObject({ 'mainstay.server': serverId, 'mainstay.installation': host.installationId });
    expect(HostConfig).toMatchObject({ Memory: 256 * 1024 * 1024, Privileged: false, LogConfig: { Config: { 'max-size': '10m' } } });
    expect(HostConfig.PortBindings).toMatchObject({ '7777/tcp': [{ HostPort: String(port) }] });
    expect(Mounts).toMatchObject([{ Type: 'bind', Source: join(host.dataRoot, serverId, 'volumes', 'world'), Destination: '/data' }]);
    expect(await readManifest(join(host.dataRoot, serverId))).toMatchObject({ containerId: first.containerId, spec });
  });

  it('is found again by its label when the answer to its making was lost', async () => {
    const { containerId } = await perform(...bringUp(spec));
    host.known.record(serverId, null);
    await rm(join(host.dataRoot, serverId, 'manifest.json'));
    const again = await perform({ action: 'ensure-container', spec });
    expect(again.containerId).toBe(containerId);
    expect(await readManifest(join(host.dataRoot, serverId))).toMatchObject({ containerId });
  });

  it('has its data where the image alone declares a volume, too', async () => {
    const image = `mainstay-test/volumes:${serverId.slice(0, 8)}`;
    const { containerId } = await perform(...bringUp(spec).slice(0, 3));
    await docker
      .getContainer(String(containerId))
      .commit({ repo: image.split(':')[0], tag: image.split(':')[1], changes: 'VOLUME /extra /data' });
    await perform({ action: 'ensure-absent' });
    try {
      const made = await perform({ action: 'ensure-container', spec: { ...spec, image } });
      const { Mounts } = await body(String(made.containerId));
      expect(Mounts.map(({ Type, Destination }) => `${Type} ${Destination}`).sort()).toEqual(['bind /data', 'bind /extra']);
      expect(await readdir(join(host.dataRoot, serverId, 'volumes'))).toContainEqual(expect.stringMatching(/^image-extra\.[0-9a-f]{8}$/));
    } finally {
      await perform({ action: 'ensure-absent' });
      await docker.getImage(image).remove();
    }
  });

  it('is not started over a world that is gone', async () => {
    await perform(...bringUp(spec));
    await isUp();
    await perform(stopped(), { action: 'ensure-absent' });
    await rm(join(host.dataRoot, serverId), { recursive: true });
    const guard = { action: 'guard-data', spec, make: false, allowEmptyData: false } as const;
    await expect(perform(guard)).rejects.toMatchObject({ code: 'data-missing' });
    await expect(perform({ action: 'ensure-container', spec })).rejects.toMatchObject({ code: 'data-missing' });
    const up = await perform({ ...guard, allowEmptyData: true }, { action: 'ensure-container', spec }, running);
    expect(up.observation.servers[0]?.sighting.kind).toBe('running');
  });

  it('says who has its name', async () => {
    const squatter = await docker.createContainer({ name: spec.name, Image: spec.image });
    try {
      await expect(perform(...bringUp(spec))).rejects.toMatchObject({
        code: 'container-name-taken',
        detail: expect.stringContaining(squatter.id.slice(0, 12)),
      });
    } finally {
      await squatter.remove();
    }
  });

  it('says in the engine’s words why it cannot run', async () => {
    await expect(perform(...bringUp({ ...spec, command: ['no-such-program'] }))).rejects.toMatchObject({
      code: 'container-failed',
      detail: expect.stringContaining('no-such-program'),
    });
    const seen = (await perform({ action: 'check-ports', ports: [] })).observation.servers[0];
    expect(seen?.sighting).toMatchObject({ kind: 'not-running', exit: null });
  });
});

describe('running and stopping', () => {
  it('tells of a process that ends at once by its exit code', async () => {
    const { observation } = await perform(...bringUp({ ...spec, command: program('process.exit(3)') }));
    expect(observation.servers[0]?.sighting).toMatchObject({ kind: 'not-running', exit: { code: 3, outOfMemory: false } });
  });

  it('lets a paused one go on', async () => {
    const { containerId } = await perform(...bringUp(spec));
    await docker.getContainer(String(containerId)).pause();
    await perform(running);
    expect((await body(String(containerId))).State.Status).toBe('running');
  });

  it('says that there is no container', async () => {
    await expect(perform(running)).rejects.toMatchObject({ code: 'container-gone' });
    expect(await perform(stopped())).toMatchObject({ endedBy: null, containerId: null });
  });

  it('says which rung of the ladder ended it', async () => {
    await perform(...bringUp(spec));
    await isUp();
    expect(await perform(stopped())).toMatchObject({
      endedBy: 'signal',
      observation: { servers: [{ sighting: { kind: 'not-running' } }] },
    });
    expect((await perform(stopped())).endedBy).toBe(null);
  });

  it('kills only after the whole grace, and tells the seconds meanwhile', async () => {
    await perform(...bringUp({ ...spec, env: { ...spec.env, HANG_ON_STOP: 'true' } }));
    await isUp();
    const told: unknown[] = [];
    const begun = Date.now();
    const { endedBy } = await apply(
      host.world,
      { serverId, containerId: null, engineId: null, effect: stopped(2) },
      (progress) => told.push(progress),
      new AbortController().signal,
    );
    expect(endedBy).toBe('kill');
    expect(Date.now() - begun).toBeGreaterThanOrEqual(2000);
    expect(told).toContainEqual({ done: 1, total: 2, unit: 'seconds' });
  });

  it('removes what runs only after it has had its grace, and never its data', async () => {
    await perform(...bringUp(spec));
    const world = join(host.dataRoot, serverId, 'volumes', 'world');
    await isUp();
    const { observation, containerId } = await perform({ action: 'ensure-absent' });
    expect(containerId).toBe(null);
    expect(observation.servers[0]).toMatchObject({ sighting: { kind: 'absent' }, data: { exists: 'yes' } });
    expect((await readdir(world)).length).toBeGreaterThan(0);
    const gone = { action: 'ensure-data-gone', record: { spec, conduct: null, made: null } } as const;
    await perform({ action: 'ensure-absent' }, gone, gone);
    expect(await readdir(host.dataRoot)).not.toContain(serverId);
  });

  it('one at a time for a server; a wait for its turn can be called off', async () => {
    await perform(...bringUp({ ...spec, env: { ...spec.env, STOP_SECONDS: '1' } }));
    await isUp();
    const ending = perform(stopped());
    const controller = new AbortController();
    const waiting = apply(host.world, { serverId, containerId: null, engineId: null, effect: running }, () => undefined, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect((await ending).endedBy).toBe('signal');
  });
});

describe('host ports', () => {
  const check = (): Effect => ({ action: 'check-ports', ports: [{ protocol: 'tcp', hostPort: port }] });

  it('that a program holds are refused by its name', async () => {
    const holder: Server = createServer().listen(port, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    try {
      await expect(perform(check())).rejects.toMatchObject({
        code: 'port-taken',
        detail: expect.stringContaining(`process ${process.pid} (`),
      });
    } finally {
      holder.close();
    }
    await perform(check());
  });

  it('that another container holds are refused by its name, at the check and at the start', async () => {
    const other = newServerId();
    await host.do(other, ...bringUp({ ...spec, name: `${spec.name}-other` }));
    const named = { code: 'port-taken', detail: expect.stringContaining(`container “${spec.name}-other”`) };
    await expect(perform(check())).rejects.toMatchObject(named);
    await expect(perform(...bringUp(spec))).rejects.toMatchObject(named);
    await host.do(other, { action: 'ensure-absent' });
  });

  it('that its own container holds are its own', async () => {
    await perform(...bringUp(spec), check());
  });
});

describe('an image', () => {
  it('that cannot be had is said so', async () => {
    const image = 'localhost:1/mainstay-test/none:1';
    await expect(perform({ action: 'ensure-image', image, unlessContainer: false })).rejects.toMatchObject({
      code: 'image-unavailable',
      detail: expect.stringContaining(image),
    });
  });

  it('is not asked for when the container is there', async () => {
    await perform(...bringUp(spec), { action: 'ensure-image', image: 'localhost:1/mainstay-test/none:1', unlessContainer: true });
  });
});

describe('a rebuild', () => {
  const operationId = randomUUID() as OperationId;
  const replacement = () => ({ action: 'ensure-replacement', spec: { ...spec, env: { ...spec.env, MOTD: 'new' } }, operationId }) as const;
  const swap = () => ({ action: 'swap-replacement', name: spec.name, operationId }) as const;
  const drop = { action: 'drop-replacement', operationId } as const;
  const only = { action: 'ensure-only' } as const;
  const motd = async (id: string | null) => (await body(String(id))).Config.Env.find((entry) => entry.startsWith('MOTD='));

  it('puts the new one in the old one’s place, each step done twice', async () => {
    const before = await perform(...bringUp(spec));
    const made = await perform(replacement(), replacement());
    expect(made.containerId).toBe(before.containerId);
    expect(await containers()).toHaveLength(2);
    await perform(stopped(), swap());
    const after = await perform(swap(), running);
    expect(await names()).toEqual([spec.name, `${spec.name}.previous`]);
    expect(after.containerId).not.toBe(before.containerId);
    expect(await motd(after.containerId)).toBe('MOTD=new');
    await perform(only, only);
    expect(await names()).toEqual([spec.name]);
    expect((await readManifest(join(host.dataRoot, serverId)))?.spec.env['MOTD']).toBe('new');
  });

  it.each([
    ['before the swap', [] as Effect[]],
    ['after the swap', ['swap'] as const],
  ])('goes all the way back %s', async (_, steps) => {
    const before = await perform(...bringUp(spec));
    await perform(replacement(), stopped(), ...(steps.length > 0 ? [swap(), running] : []));
    const back = await perform(drop, drop, running);
    expect(back.containerId).toBe(before.containerId);
    expect(await names()).toEqual([spec.name]);
    expect((await readManifest(join(host.dataRoot, serverId)))?.containerId).toBe(before.containerId);
  });

  it('keeps the new one when there is none to go back to', async () => {
    await perform(...bringUp(spec), replacement(), stopped(), swap(), only);
    await perform(drop);
    expect(await names()).toEqual([spec.name]);
  });

  it('under another name lets go of the old name', async () => {
    await perform(...bringUp(spec));
    const name = `${spec.name}-renamed`;
    await perform(
      { action: 'ensure-replacement', spec: { ...spec, name }, operationId },
      stopped(),
      { action: 'swap-replacement', name, operationId },
      only,
    );
    expect(await names()).toEqual([name]);
  });

  it('removes no container when it does not see the recorded one', async () => {
    await perform(...bringUp(spec));
    host.known.record(serverId, 'f'.repeat(64));
    await expect(perform(only)).rejects.toMatchObject({ code: 'container-gone' });
    expect(await names()).toEqual([spec.name]);
    host.known.record(serverId, null);
  });
});

it('gives the last lines of its log with their times', async () => {
  await perform(...bringUp({ ...spec, command: program("console.log('one'); console.error('two'); console.log('three')") }));
  const asked = { signal: new AbortController().signal, report: () => undefined };
  const { lines } = await createHandlers(host.world)['server.logs']({ serverId, containerId: null, tail: 10 }, asked);
  expect(lines.map(({ stream, text }) => `${stream} ${text}`).sort()).toEqual(['stderr two', 'stdout one', 'stdout three']);
  expect(lines.every(({ at }) => at !== null && Date.now() - at < 60_000)).toBe(true);
});

it('says which data is there, and measures it volume by volume, with what is kept of purged ones', async () => {
  await perform(...bringUp(spec));
  await writeFile(join(host.dataRoot, serverId, 'volumes', 'world', 'big'), Buffer.alloc(1024 * 1024, 1));
  const asked = { signal: new AbortController().signal, report: () => undefined };
  const handlers = createHandlers(host.world);
  const serverIds = [serverId, newServerId()];
  const { servers } = await handlers['server.checkdata']({ serverIds }, asked);
  expect(servers.map(({ data }) => data.exists)).toEqual(['yes', 'no']);
  expect(servers[1]?.refusal?.code).toBe('data-missing');
  expect(await readFile(join(host.dataRoot, serverId, 'marker.json'), 'utf8')).toContain('"hadContent": true');

  const before = await handlers['host.measure']({ serverIds }, asked);
  expect(before.servers).toEqual([{ serverId, volumes: { world: expect.any(Number) } }]);
  expect(before.servers[0]?.volumes['world']).toBeGreaterThanOrEqual(1024 * 1024);
  expect(before).toMatchObject({ trashBytes: expect.any(Number), archiveBytes: 0, disk: { totalBytes: expect.any(Number) } });
  await mkdir(join(host.dataRoot, '.trash', `${newServerId()}.1`), { recursive: true });
  await writeFile(join(host.dataRoot, '.trash', 'thing'), Buffer.alloc(1024 * 1024, 1));
  const after = await handlers['host.measure']({ serverIds }, asked);
  expect(Number(after.trashBytes) - Number(before.trashBytes)).toBeGreaterThanOrEqual(1024 * 1024);
  expect(after.servers).toEqual(before.servers);
});
