// Ways out of a server's directory, and into another's containers: names that are paths, links that are swapped for directories
// while somebody walks over them, labels that lie.

import { mkdirSync } from 'node:fs';
import { lchown, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labels } from '@mainstay/core/bodies';
import type { ServerId } from '@mainstay/core/id';
import { agentMethods } from '@mainstay/wire/link';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eachBelow } from '../src/inside.ts';
import { removeTree } from '../src/removal.ts';
import { createHandlers } from '../src/serve.ts';
import { bringUp, docker, eventually, newServerId, openHost, program, sampleImage, sampleSpec, type TestHost } from './host.ts';

let host: TestHost;
let serverId: ServerId;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(() => {
  serverId = newServerId();
});
afterAll(() => host.close());

describe('a name that comes over the link', () => {
  const id = '00000000-0000-4000-8000-000000000000';
  const hostile = [
    '',
    '.',
    '..',
    '../..',
    '/etc',
    `../${id}`,
    `${id}/..`,
    `${id}/`,
    `${id}\0`,
    `${id}\n`,
    id.replace('0', '０'),
    'ﬁ',
    '..%2f..',
    'a'.repeat(256),
    'é'.repeat(200),
    '\u202e',
    `${id}?x=1`,
    '-v',
  ];
  /** Where each method takes a name, in params that are good but for it. */
  const places: { readonly [method: string]: (name: string) => object } = {
    'server.apply': (name) => ({ serverId: name, containerId: null, effect: { action: 'ensure-absent' }, engineId: null }),
    'server.apply container': (name) => ({ serverId: id, containerId: name, effect: { action: 'ensure-absent' }, engineId: null }),
    'server.apply trash': (name) => ({
      serverId: id,
      containerId: null,
      effect: { action: 'ensure-data-back', trashId: name },
      engineId: null,
    }),
    'server.apply operation': (name) => ({
      serverId: id,
      containerId: null,
      effect: { action: 'ensure-archived', operationId: name },
      engineId: null,
    }),
    'server.apply swap': (name) => ({
      serverId: id,
      containerId: null,
      effect: { action: 'swap-replacement', name, operationId: id },
      engineId: null,
    }),
    'server.apply file': (name) => ({
      serverId: id,
      containerId: null,
      effect: { action: 'edit-files', files: [{ volume: name, path: 'a', parser: 'file', find: {} }], user: null },
      engineId: null,
    }),
    'host.look': (name) => ({ servers: [{ serverId: name, containerId: null, ready: null, readyAt: null }] }),
    'host.look container': (name) => ({ servers: [{ serverId: id, containerId: name, ready: null, readyAt: null }] }),
    'server.awaitready': (name) => ({ serverId: name, ready: null }),
    'server.checkdata': (name) => ({ serverIds: [name] }),
    'host.measure': (name) => ({ serverIds: [name] }),
    'server.follow': (name) => ({ serverId: id, containerId: name, tail: 1, progressToken: null }),
    'server.input': (name) => ({ serverId: id, containerId: name, line: 'x', console: { via: 'stdin' } }),
    'server.logs': (name) => ({ serverId: name, containerId: null, tail: 1 }),
    'server.lend': (name) => ({ serverId: name, question: { ask: 'begin', count: false } }),
    'server.lend volume': (name) => ({ serverId: id, question: { ask: 'list', volume: name, path: [], after: null } }),
    'server.apply copy': (name) => ({
      serverId: id,
      containerId: null,
      effect: { action: 'ensure-copied', from: name, operationId: id, remote: false, live: false, bytes: null },
      engineId: null,
    }),
    'host.removestray': (name) => ({ containerId: name }),
    'host.trashed': (name) => ({ trashId: name }),
    'host.emptytrash': (name) => ({ trashId: name }),
    'host.removearchive': (name) => ({ archiveId: name }),
  };
  /** These take no name of anything. */
  const nameless = ['host.heldports', 'host.checkport', 'host.trash', 'host.settings', 'host.images'];

  it('has a place in this table, whatever method takes one', () => {
    const covered = Object.keys(places).map((place) => place.split(' ')[0]);
    expect(new Set([...covered, ...nameless])).toEqual(new Set(Object.keys(agentMethods)));
  });

  it.each(Object.keys(places))('to %s leads nowhere', (place) => {
    const { params } = agentMethods[place.split(' ')[0] as keyof typeof agentMethods];
    for (const name of hostile) expect(params.safeParse(places[place]?.(name)).success, JSON.stringify(name)).toBe(false);
  });

  it.each(hostile)('that is a file’s path in a volume, %j, stays inside or is refused', (path) => {
    const wanted = { action: 'edit-files', files: [{ volume: 'world', path, parser: 'file', find: {} }], user: null };
    const parsed = agentMethods['server.apply'].params.safeParse({ serverId: id, containerId: null, engineId: null, effect: wanted });
    const stays = !/(?:^|\/)\.{0,2}(?:\/|$)|[\0\n]/.test(path);
    expect(parsed.success).toBe(stays);
  });
});

/** A tree with a directory whose place a link out of it takes again and again, until told to stop or its names are gone. */
async function swapping(work: (tree: { inside: string; swaps: () => number; stop: () => Promise<void> }) => Promise<void>): Promise<void> {
  const top = await mkdtemp(join(tmpdir(), 'mainstay-swap-'));
  const [inside, precious] = [join(top, 'inside'), join(top, 'precious')];
  const files = Array.from({ length: 20 }, (_, count) => `file-${count}`);
  let [over, count] = [false, 0];
  const swap = async () => {
    while (!over) {
      await rename(join(inside, 'a'), join(inside, 'b'));
      await rename(join(inside, 'link'), join(inside, 'a'));
      await rename(join(inside, 'a'), join(inside, 'link'));
      await rename(join(inside, 'b'), join(inside, 'a'));
      count += 1;
    }
  };
  try {
    await mkdir(join(inside, 'a'), { recursive: true });
    await mkdir(precious);
    await Promise.all(files.flatMap((name) => [writeFile(join(inside, 'a', name), ''), writeFile(join(precious, name), '')]));
    await symlink(precious, join(inside, 'link'));
    const swapped = swap().catch(unlessGone);
    const stop = () => {
      over = true;
      return swapped;
    };
    await work({ inside, swaps: () => count, stop });
    await stop();
    expect((await readdir(precious)).sort()).toEqual(files.toSorted());
    for (const name of files) expect((await stat(join(precious, name))).uid, name).toBe(process.getuid?.());
  } finally {
    over = true;
    await rm(top, { recursive: true });
  }
}
const unlessGone = (error: NodeJS.ErrnoException): void => expect(error.code).toBe('ENOENT');

describe('a link that takes a directory’s place', () => {
  it('again and again while its tree is given to another user leads nowhere', async () => {
    await swapping(async ({ inside, swaps, stop }) => {
      for (let walks = 0; walks < 200 || swaps() < 200; walks += 1)
        await eachBelow(inside, (path) => lchown(path, 4711, 4711).catch(unlessGone));
      await stop();
      expect((await stat(join(inside, 'a', 'file-0'))).uid).toBe(4711);
    });
  });

  it('again and again while its tree is removed leads nowhere', async () => {
    for (let swapped = 0; swapped < 20; ) {
      await swapping(async ({ inside, swaps, stop }) => {
        await eventually(() => swaps() > 0);
        const before = swaps();
        // What is no directory any more when it is come to is refused; the next removal goes on.
        await removeTree(inside).catch(() => undefined);
        if (swaps() > before) swapped += 1;
        await stop();
        await removeTree(inside);
        await expect(stat(inside)).rejects.toMatchObject({ code: 'ENOENT' });
      });
    }
  });

  it('of a tree’s own is removed, and what it leads to stays', async () => {
    await swapping(async ({ inside, stop }) => {
      await stop();
      await removeTree(join(inside, 'link'));
      expect(await readdir(inside)).toEqual(['a']);
    });
  });

  it('cannot be one in data that is archived, removed or emptied: no program may have it mounted then', async () => {
    const handlers = createHandlers(host.world);
    const asked = { signal: new AbortController().signal, report: () => undefined };
    const spec = sampleSpec(`trespass-${serverId.slice(0, 8)}`, { command: program('setInterval(() => {}, 1000)') });
    await host.do(serverId, ...bringUp(spec));
    const record = { spec, conduct: null, made: null };
    const held = { code: 'refused-by-host', detail: expect.stringContaining(spec.name) };
    await expect(host.do(serverId, { action: 'ensure-data-gone', record })).rejects.toMatchObject(held);
    await expect(host.do(serverId, { action: 'ensure-archived', operationId: newServerId() as never })).rejects.toMatchObject(held);

    // As if it had been moved away under a container that was made in the same moment.
    await host.data.remove(serverId, record);
    const [trashId = ''] = (await readdir(join(host.dataRoot, '.trash'))).filter((name) => name.startsWith(serverId));
    await expect(handlers['host.emptytrash']({ trashId }, asked)).rejects.toMatchObject(held);
    await host.do(serverId, { action: 'ensure-absent' });
    await handlers['host.emptytrash']({ trashId }, asked);
    expect(await readdir(join(host.dataRoot, '.trash'))).toEqual([]);
  });
});

it('a tree deeper than files can be open at once is removed', async () => {
  const top = await mkdtemp(join(tmpdir(), 'mainstay-deep-'));
  const home = process.cwd();
  // Longer than a path may be: made step by step, from within.
  process.chdir(top);
  for (let depth = 0; depth < 1500; depth += 1) {
    mkdirSync('deeper');
    process.chdir('deeper');
  }
  process.chdir(home);
  await removeTree(top);
  await expect(stat(top)).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('a container with labels that lie', () => {
  const made: string[] = [];
  const foreign = async (more: Record<string, string>) => {
    const { id } = await docker.createContainer({ Image: sampleImage, Cmd: program('setInterval(() => {}, 1000)'), Labels: more });
    made.push(id);
    return id;
  };
  const there = (id: string) =>
    docker
      .getContainer(id)
      .inspect()
      .then(
        () => true,
        () => false,
      );
  const seen = async () =>
    (await host.looker.look('all', { data: false, exact: new Set([serverId]) })).servers.find((each) => each.serverId === serverId);
  afterAll(() =>
    Promise.all(
      made.map((id) =>
        docker
          .getContainer(id)
          .remove({ force: true, v: true })
          .catch(() => undefined),
      ),
    ),
  );

  it('of another installation is nothing to this one, whosever server it names', async () => {
    const other = await foreign({ [labels.installation]: newServerId(), [labels.server]: serverId });
    host.known.record(serverId, null);
    expect((await seen())?.sighting ?? { kind: 'absent' }).toEqual({ kind: 'absent' });
    await host.do(serverId, { action: 'ensure-absent' });
    expect(await there(other)).toBe(true);
    const asked = { signal: new AbortController().signal, report: () => undefined };
    await createHandlers(host.world)['host.removestray']({ containerId: other }, asked);
    expect(await there(other)).toBe(true);
  });

  it('whose id is said to be the recorded one is not believed without them', async () => {
    const other = await foreign({});
    host.known.record(serverId, other);
    expect((await seen())?.sighting.kind).toBe('unknown');
    await host.do(serverId, { action: 'ensure-absent' });
    expect(await there(other)).toBe(true);
  });

  it('beside the recorded one is a stray: the recorded one stays the server’s', async () => {
    const { containerId } = await host.do(serverId, ...bringUp(sampleSpec(`liar-${serverId.slice(0, 8)}`)));
    await foreign({ [labels.installation]: host.installationId, [labels.server]: serverId });
    const look = await host.looker.look('all', { data: false, exact: new Set([serverId]) });
    expect(look.servers.find((each) => each.serverId === serverId)?.sighting).toMatchObject({ kind: 'running', containerId });
    expect(look.strays?.map((stray) => stray.serverId)).toContain(serverId);
    await host.do(serverId, { action: 'ensure-absent' });
  });
});
