// The install script on the real engine: run once over the server's data, with its environment, in a container of its own
// that is gone afterwards whatever came of it.

import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@mainstay/core/fault';
import type { OperationId, ServerId } from '@mainstay/core/id';
import type { ContainerSpec, EffectOf } from '@mainstay/wire/link';
import type { Progress } from '@mainstay/wire/operations';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apply } from '../src/steps.ts';
import { bringUp, docker, eventually, newServerId, openHost, sampleImage, sampleSpec, type TestHost } from './host.ts';

let host: TestHost;
let serverId: ServerId;
let spec: ContainerSpec;

beforeAll(async () => {
  host = await openHost();
});
beforeEach(async () => {
  serverId = newServerId();
  spec = sampleSpec(`install-${serverId.slice(0, 8)}`);
  await host.do(serverId, { action: 'guard-data', spec, make: true, allowEmptyData: false });
});
afterEach(async () => {
  await host.do(serverId, { action: 'ensure-absent' });
  expect(await installers()).toEqual([]);
});
afterAll(() => host.close());

const installers = () => docker.listContainers({ all: true, filters: { label: [`mainstay.install=${serverId}`] } });
const dataOf = (...path: string[]) => join(host.dataRoot, serverId, 'volumes', 'world', ...path);
const newOperation = () => randomUUID() as OperationId;

/** An install step whose script is one for Node: the sample image holds nothing else. */
function installed(script: string, changes: Partial<EffectOf<'ensure-installed'>> = {}): EffectOf<'ensure-installed'> {
  const install = { volume: 'world', image: sampleImage, entrypoint: 'node', script: `const fs = require('fs');\n${script}` };
  return { action: 'ensure-installed', install, spec, operationId: newOperation(), again: false, limitSeconds: 60, ...changes };
}

function begin(effect: EffectOf<'ensure-installed'>, cut = new AbortController(), told: Progress[] = []) {
  return apply(host.world, { serverId, containerId: null, engineId: null, effect }, (progress) => told.push(progress), cut.signal);
}

const counting = `fs.appendFileSync('/mnt/server/runs', 'x');`;
const runs = async () => (await readFile(dataOf('runs'), 'utf8')).length;
/** Runs until it is killed. */
const endless = `${counting} console.log('downloading'); setInterval(() => {}, 1000);`;

describe('an install script', () => {
  it('has the server’s data and its environment, and the program then finds what it put there', async () => {
    spec = { ...spec, env: { ...spec.env, GREETING: 'hello' } };
    const { observation } = await host.do(
      serverId,
      installed(`fs.writeFileSync('/mnt/server/made', process.env.GREETING + process.cwd());`),
    );
    expect(await readFile(dataOf('made'), 'utf8')).toBe('hello/mnt/server');
    expect(observation.servers[0]?.sighting).toEqual({ kind: 'absent' });
    const { containerId } = await host.do(serverId, ...bringUp(spec));
    expect(containerId).not.toBe(null);
  });

  it('cannot change its own script, is not privileged, and publishes nothing', async () => {
    const running = begin(installed(`try { fs.writeFileSync('/mnt/install/install.sh', ''); } catch { ${endless} }`));
    running.catch(() => undefined);
    await eventually(async () => (await runs()) === 1);
    const [installer] = await installers();
    const { HostConfig } = await docker.getContainer(String(installer?.Id)).inspect();
    expect(HostConfig).toMatchObject({ Privileged: false, PortBindings: {}, RestartPolicy: { Name: 'no' } });
    expect(HostConfig).toMatchObject({ SecurityOpt: ['no-new-privileges'], CapDrop: ['MKNOD', 'NET_RAW'], PidsLimit: 4096 });
    expect(HostConfig.Memory).toBe(1024 ** 3);
    await docker.getContainer(String(installer?.Id)).kill();
    await expect(running).rejects.toMatchObject({ code: 'install-failed', detail: expect.stringContaining('exit code 137') });
  });

  it('is neither the server’s body nor a stray while it runs', async () => {
    const cut = new AbortController();
    const running = begin(installed(endless), cut);
    running.catch(() => undefined);
    await eventually(async () => (await runs()) === 1);
    const look = await host.looker.look('all', { data: false, exact: new Set() });
    expect(look.strays).toEqual([]);
    expect(look.servers.find((seen) => seen.serverId === serverId)?.sighting).toEqual({ kind: 'absent' });
    cut.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is run once, and again only when that is asked for', async () => {
    await host.do(serverId, installed(counting), installed(counting));
    expect(await runs()).toBe(1);
    const again = installed(counting, { again: true });
    await host.do(serverId, again, again);
    expect(await runs()).toBe(2);
  });

  it('is run anew over a world that is begun anew', async () => {
    await host.do(serverId, installed(counting), ...bringUp(spec), { action: 'ensure-absent' });
    await rm(dataOf(), { recursive: true });
    await host.do(serverId, { action: 'guard-data', spec, make: false, allowEmptyData: true }, installed(counting));
    expect(await runs()).toBe(1);
  });

  it('is not run again over its own volume when another one was lost', async () => {
    spec = { ...spec, volumes: [...spec.volumes, { name: 'logs', containerPath: '/logs' }] };
    await host.do(serverId, { action: 'guard-data', spec, make: false, allowEmptyData: false }, installed(counting));
    await writeFile(join(host.dataRoot, serverId, 'volumes', 'logs', 'today'), 'x');
    await host.do(serverId, { action: 'guard-data', spec, make: false, allowEmptyData: false });
    await rm(join(host.dataRoot, serverId, 'volumes', 'logs'), { recursive: true });
    await host.do(serverId, { action: 'guard-data', spec, make: false, allowEmptyData: true }, installed(counting));
    expect(await runs()).toBe(1);
  });

  it('tells what it says while it runs', async () => {
    const told: Progress[] = [];
    const cut = new AbortController();
    const running = begin(installed(`console.log('\\u001b[32mstep 1\\u001b[0m'); setInterval(() => {}, 1000);`), cut, told);
    running.catch(() => undefined);
    await eventually(() => told.some(({ said }) => said === 'step 1'));
    cut.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('leaves its work to the user that the program runs as', async () => {
    spec = { ...spec, sandbox: { ...spec.sandbox, user: '4711:4712' } };
    await host.do(
      serverId,
      installed(`fs.mkdirSync('/mnt/server/a/b', { recursive: true }); fs.symlinkSync('/etc/passwd', '/mnt/server/a/link');`),
    );
    for (const path of [dataOf('a'), dataOf('a', 'b')]) expect(await stat(path)).toMatchObject({ uid: 4711, gid: 4712 });
    expect(await stat('/etc/passwd')).toMatchObject({ uid: 0 });
  });
});

describe('an install script that does not end well', () => {
  it('fails with its exit code and what it said last, and its container is gone', async () => {
    const effect = installed(`console.log('fetching'); console.error('no such version'); process.exit(3);`);
    const failure = await host.do(serverId, effect).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'install-failed', detail: expect.stringContaining('exit code 3') });
    expect((failure as Fault).detail).toContain('no such version');
    expect(await installers()).toEqual([]);
    // Asked once more for the same, it answers the same; another operation tries again.
    await expect(host.do(serverId, effect)).rejects.toMatchObject({ code: 'install-failed' });
    await host.do(serverId, installed(counting));
    expect(await runs()).toBe(1);
  });

  it('quotes no secret', async () => {
    spec = { ...spec, env: { ...spec.env, TOKEN: 'sesame-open' }, sealedEnv: { TOKEN: 'v1.x' } };
    const failure = await host
      .do(serverId, installed(`console.log('token ' + process.env.TOKEN); process.exit(1);`))
      .catch((error: unknown) => error);
    expect((failure as Fault).detail).toContain('token ••••');
    expect((failure as Fault).detail).not.toContain('sesame');
  });

  it('is killed when its time is over', async () => {
    await expect(host.do(serverId, installed(endless, { limitSeconds: 1 }))).rejects.toMatchObject({
      code: 'install-failed',
      detail: expect.stringContaining('did not end within 1 s'),
    });
    expect(await installers()).toEqual([]);
  });

  it('is killed when it is cancelled', async () => {
    const cut = new AbortController();
    const running = begin(installed(endless), cut);
    running.catch(() => undefined);
    await eventually(async () => (await runs()) === 1);
    cut.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(await installers()).toEqual([]);
  });

  it('names an image that is not there', async () => {
    const effect = installed(counting);
    await expect(host.do(serverId, { ...effect, install: { ...effect.install, image: 'mainstay/none:1' } })).rejects.toMatchObject({
      code: 'image-unavailable',
    });
  });
});

describe('an agent that ends meanwhile', () => {
  const waiting = `${counting} const wait = () => fs.existsSync('/mnt/server/go') ? process.exit(Number(fs.readFileSync('/mnt/server/go'))) : setTimeout(wait, 50); wait();`;

  it.each([0, 5])('leaves it to the next one, which sees how it ended: %i', async (code) => {
    const effect = installed(waiting);
    const stopping = new AbortController();
    const first = begin(effect, stopping);
    first.catch(() => undefined);
    await eventually(async () => (await runs()) === 1);
    stopping.abort(new Fault('shutting-down', 'stopping'));
    await expect(first).rejects.toBeInstanceOf(Fault);
    expect(await installers()).toHaveLength(1);
    await writeFile(dataOf('go'), String(code));
    const next = begin(effect);
    if (code === 0) await next;
    else await expect(next).rejects.toMatchObject({ code: 'install-failed', detail: expect.stringContaining(`exit code ${code}`) });
    expect(await runs()).toBe(1);
    expect(await installers()).toEqual([]);
  });

  it('two that wait for it see it end the same', async () => {
    const effect = installed(waiting);
    const both = [begin(effect), begin(effect)];
    await eventually(async () => (await runs()) === 1);
    await writeFile(dataOf('go'), '5');
    const ends = await Promise.allSettled(both);
    expect(ends.map((end) => end.status === 'rejected' && (end.reason as Fault).detail.includes('exit code 5'))).toEqual([true, true]);
    expect(await runs()).toBe(1);
  });
});
