// On the real engine, under tags and names of this test's own, all removed at its end.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { joinLobby } from '../samples/sample-server/testing/player.ts';
import { connectRcon } from '../samples/sample-server/testing/rcon-client.ts';
import { ensureSampleImage, SAMPLE_IMAGE } from './sample-image.ts';

const docker = new Docker();
const mine = `mainstay-test/sample-server-${process.pid}`;
const tag = `${mine}:1`;
let data: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'mainstay-sample-image-'));
});

afterAll(async () => {
  for (const container of await docker.listContainers({ all: true, filters: { label: [mine] } })) {
    await docker.getContainer(container.Id).remove({ force: true });
  }
  for (const image of await docker.listImages({ filters: { reference: [mine] } })) {
    for (const each of image.RepoTags ?? []) await docker.getImage(each).remove();
  }
  await rm(data, { recursive: true });
});

describe("the sample server's image", () => {
  test('is packed on an engine that lacks it, with one calm line', async () => {
    const said: string[] = [];
    const made = await ensureSampleImage({ docker, tag, say: (line) => said.push(line) });
    expect(made.built).toBe(true);
    expect(said).toEqual([expect.stringMatching(/^Packed the sample server as .* \(\d+\.\d s\)$/)]);
  }, 60_000);

  test('is left alone, without a word, while nothing changed', async () => {
    const said: string[] = [];
    const again = await ensureSampleImage({ docker, tag, say: (line) => said.push(line) });
    expect(again.built).toBe(false);
    expect(said).toEqual([]);
  });

  test('comes out as the same layer each time', async () => {
    const other = `${mine}:2`;
    await ensureSampleImage({ docker, tag: other, say: () => {} });
    const [first, second] = await Promise.all([tag, other].map((each) => docker.getImage(each).inspect()));
    expect(second?.RootFS.Layers).toEqual(first?.RootFS.Layers);
  }, 60_000);

  test('replaces one of other content, which goes when nobody uses it', async () => {
    const other = `${mine}:3`;
    const stale = await docker.createContainer({ Image: tag, Labels: { [mine]: '' } });
    const committed: unknown = await stale.commit({ repo: mine, tag: '3', changes: 'LABEL dev.mainstay.sample.content=old' });
    const before = await docker.getImage(other).inspect();
    expect(committed).toMatchObject({ Id: before.Id });
    await stale.remove();
    expect(await ensureSampleImage({ docker, tag: other, say: () => {} })).toMatchObject({ built: true });
    await expect(docker.getImage(before.Id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  }, 60_000);

  test('declares no volume, so that a container leaves none behind', async () => {
    const { Config } = await docker.getImage(tag).inspect();
    expect(Config.Volumes ?? {}).toEqual({});
    expect(Object.keys(Config.ExposedPorts ?? {})).toEqual(['27015/tcp', '7777/tcp']);
  });
});

describe('a container of it', () => {
  test('greets players, answers RCON, keeps its world in /data and ends with 0 on stop', async () => {
    const container = await docker.createContainer({
      Image: tag,
      Labels: { [mine]: '' },
      Env: ['RCON_PASSWORD=tide', 'START_SECONDS=0', 'STOP_SECONDS=0'],
      HostConfig: { Binds: [`${data}:/data`], PublishAllPorts: true },
    });
    await container.start();
    await until(async () => (await logOf(container)).includes('[ready]'));
    const { Ports } = (await container.inspect()).NetworkSettings;
    const hostPort = (port: string) => Number(Ports[port]?.[0]?.HostPort);

    const ada = await joinLobby(hostPort('7777/tcp'), 'ada');
    ada.type('build tower');
    await ada.sees('ada built tower');
    const rcon = await connectRcon(hostPort('27015/tcp'));
    expect(await rcon.authenticate('tide')).toBe(true);
    expect(await rcon.ask('list')).toBe('1 of 16 players: ada');

    await container.stop({ t: 20 });
    expect((await container.inspect()).State).toMatchObject({ ExitCode: 0, OOMKilled: false });
    const world = JSON.parse(await readFile(join(data, 'world.json'), 'utf8'));
    expect(world).toMatchObject({ boots: 1, things: [{ name: 'tower', count: 1 }] });

    await container.start();
    await until(async () => (await logOf(container)).includes(`[world] loaded ${world.id}, boot 2`));
  }, 60_000);

  test('is killed when it eats more than its limit', async () => {
    const container = await docker.createContainer({
      Image: tag,
      Labels: { [mine]: '' },
      OpenStdin: true,
      Env: ['START_SECONDS=0'],
      HostConfig: { Memory: 100 * 1024 * 1024, MemorySwap: 100 * 1024 * 1024 },
    });
    const stdin = await container.attach({ stream: true, stdin: true, hijack: true });
    await container.start();
    await until(async () => (await logOf(container)).includes('[ready]'));
    stdin.write('eat 500\n');
    await container.wait();
    expect((await container.inspect()).State).toMatchObject({ ExitCode: 137, OOMKilled: true });
  }, 60_000);
});

test('the tag that everyone uses is the one of the issue', () => {
  expect(SAMPLE_IMAGE).toBe('mainstay/sample-server:1');
});

async function logOf(container: Docker.Container): Promise<string> {
  return (await container.logs({ stdout: true, stderr: true })).toString('utf8');
}

/** Polls, because the engine has no call that waits for a line of a log. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(20);
}
