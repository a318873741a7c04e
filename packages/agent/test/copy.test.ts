// A server's data becomes a clone's: on one host, and from one to another piece by piece. Real directories, with all that lies
// about in them.

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { OperationId, ServerId } from '@mainstay/core/id';
import type { CopyAnswer, CopyEntry, CopyQuestion } from '@mainstay/wire/copies';
import type { EffectOf } from '@mainstay/wire/link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lender } from '../src/copy/lender.ts';
import { ownSource } from '../src/copy/own-source.ts';
import { readMarker } from '../src/marker.ts';
import type { AskManager } from '../src/steps/step.ts';
import { apply } from '../src/steps.ts';
import { bringUp, eventually, newServerId, openHost, sampleSpec, type TestHost } from './host.ts';

let host: TestHost;
let from: ServerId;
let clone: ServerId;

const quiet = new AbortController().signal;
const worldOf = (of: TestHost, serverId: ServerId) => join(of.data.directory(serverId), 'volumes', 'world');
const world = () => worldOf(host, from);
const copyOf = () => worldOf(host, clone);
const copying = (changes: Partial<EffectOf<'ensure-copied'>> = {}): EffectOf<'ensure-copied'> => ({
  action: 'ensure-copied',
  from,
  operationId: randomUUID() as OperationId,
  remote: false,
  live: false,
  bytes: null,
  ...changes,
});
const staged = (of = host) => readdir(join(of.dataRoot, '.copies')).catch(() => []);

beforeEach(async () => {
  host = await openHost();
  from = newServerId();
  clone = newServerId();
  await host.data.guard(from, { volumes: ['world'], make: true, allowEmptyData: false });
  await writeFile(join(world(), 'level.dat'), 'built for months');
});
afterEach(() => host.close());

describe('a copy on one host', () => {
  it('is the clone’s own: its marker names it, and the world guard finds it sound', async () => {
    await host.do(clone, copying());
    expect(await readFile(join(copyOf(), 'level.dat'), 'utf8')).toBe('built for months');
    expect(await readMarker(host.data.directory(clone))).toMatchObject({ serverId: clone, volumes: { world: { hadContent: true } } });
    expect(await host.data.look(clone)).toMatchObject({ data: { exists: 'yes' }, refusal: null });
    expect(await staged()).toEqual([]);
  });

  it('has what the world has: modes, owners, times, links as links, several names of one file, and no hole filled', async () => {
    const old = new Date('2020-02-02T02:02:02.123Z');
    await mkdir(join(world(), 'region/deep'), { recursive: true });
    await writeFile(join(world(), 'region/deep/r.0.0.mca'), Buffer.alloc(300_000, 7));
    await writeFile(join(world(), 'run.sh'), '#!/bin/sh');
    await chmod(join(world(), 'run.sh'), 0o751);
    await chown(join(world(), 'run.sh'), 1000, 1001);
    await symlink('../../../etc/passwd', join(world(), 'passwd'));
    await symlink('nowhere', join(world(), 'dangling'));
    await link(join(world(), 'level.dat'), join(world(), 'region/same.dat'));
    const holes = await open(join(world(), 'holes.db'), 'w');
    await holes.write('begin', 0);
    await holes.write('end', 50_000_000);
    await holes.close();
    await writeFile(join(world(), 'empty'), '');
    await chmod(join(world(), 'region'), 0o2775);
    for (const name of ['level.dat', 'region']) await utimes(join(world(), name), old, old);

    const { copied } = await host.do(clone, copying());

    expect(execFileSync('diff', ['-r', '--no-dereference', world(), copyOf()]).toString()).toBe('');
    const seen = async (name: string) => {
      const [a, b] = await Promise.all([lstat(join(world(), name)), lstat(join(copyOf(), name))]);
      expect({ mode: b.mode, uid: b.uid, gid: b.gid, ms: Math.round(b.mtimeMs) }, name).toEqual({
        mode: a.mode,
        uid: a.uid,
        gid: a.gid,
        ms: Math.round(a.mtimeMs),
      });
      return b;
    };
    for (const name of ['.', 'level.dat', 'region', 'region/deep', 'run.sh', 'passwd', 'empty']) await seen(name);
    expect(await readlink(join(copyOf(), 'passwd'))).toBe('../../../etc/passwd');
    expect((await seen('level.dat')).ino).toBe((await seen('region/same.dat')).ino);
    expect((await seen('level.dat')).ino).not.toBe((await stat(join(world(), 'level.dat'))).ino);
    expect((await seen('holes.db')).blocks * 512).toBeLessThan(1_000_000);
    expect(copied).toMatchObject({ files: 6, leftOut: 0, torn: 0 });
  });

  it('leaves out sockets and pipes, and says how many', async () => {
    const socket = createServer().listen(join(world(), 'rcon.sock'));
    await once(socket, 'listening');
    execFileSync('mkfifo', [join(world(), 'commands')]);
    const { copied } = await host.do(clone, copying());
    socket.close();
    expect(copied).toMatchObject({ files: 1, leftOut: 2 });
    expect(await readdir(copyOf())).toEqual(['level.dat']);
  });

  it('keeps names that are no text', async () => {
    const name = Buffer.from([0x77, 0xe9, 0x6c, 0x74]);
    await writeFile(Buffer.concat([Buffer.from(`${world()}/`), name]), 'latin');
    await host.do(clone, copying());
    expect(await readdir(Buffer.from(copyOf()), { encoding: 'buffer' })).toContainEqual(name);
  });

  it('is never led out of the volume, whatever a program puts in its place meanwhile', async () => {
    await mkdir(join(world(), 'logs'));
    await writeFile(join(world(), 'logs/latest.log'), 'mine');
    const volume = await ownSource(new Lender(host.world, from), quiet).volume('world');
    const entries: CopyEntry[] = [];
    for await (const entry of volume.entries()) entries.push(entry);
    await rm(join(world(), 'level.dat'));
    await rm(join(world(), 'logs'), { recursive: true });
    await symlink('/etc/passwd', join(world(), 'level.dat'));
    await symlink('/etc', join(world(), 'logs'));
    const file = entries.find(({ name }) => name === 'level.dat');
    expect(await volume.content(file!, join(host.dataRoot, 'out'), () => undefined)).toBeNull();
    expect(await volume.under('logs')).toBeNull();
    await volume.close();
  });

  it('is refused where something stands in its place, and takes nothing away', async () => {
    await host.data.guard(clone, { volumes: ['world'], make: true, allowEmptyData: false });
    await writeFile(join(copyOf(), 'level.dat'), 'another');
    await expect(host.do(clone, copying())).rejects.toMatchObject({ code: 'data-foreign' });
    expect(await readFile(join(copyOf(), 'level.dat'), 'utf8')).toBe('another');
  });

  it('is made once: asked for again it is as it was, whatever the clone has written since', async () => {
    const effect = copying();
    const first = await host.do(clone, effect);
    await writeFile(join(copyOf(), 'level.dat'), 'built on');
    const second = await host.do(clone, effect);
    expect(second.copied).toEqual(first.copied);
    expect(await readFile(join(copyOf(), 'level.dat'), 'utf8')).toBe('built on');
  });

  it('of data that is gone is none', async () => {
    await rm(join(world(), 'level.dat'));
    await host.data.look(from);
    await rm(host.data.directory(from), { recursive: true });
    await expect(host.do(clone, copying())).rejects.toMatchObject({ code: 'data-missing' });
    expect(await host.data.isThere(clone)).toBe(false);
  });

  it('of a server that was started meanwhile is none, unless it was to be copied as it runs', async () => {
    const spec = sampleSpec(`mainstay-copy-${from.slice(0, 8)}`);
    await host.do(from, ...bringUp(spec));
    await expect(host.do(clone, copying())).rejects.toMatchObject({
      code: 'copy-failed',
      detail: expect.stringContaining('started outside'),
    });
    expect(await host.data.isThere(clone)).toBe(false);
    await host.do(clone, copying({ live: true }));
    expect(await host.data.look(clone)).toMatchObject({ data: { exists: 'yes' } });
  });

  it('that does not fit on the disk is refused before it begins', async () => {
    await expect(host.do(clone, copying({ bytes: 2 ** 50 }))).rejects.toMatchObject({
      code: 'refused-by-host',
      detail: expect.stringContaining('too little room'),
    });
    expect(await host.data.isThere(clone)).toBe(false);
  });

  it('that was begun is gone once it is dropped, or another operation begins', async () => {
    const begun = join(host.dataRoot, '.copies', `${clone}.${randomUUID()}`, 'volumes/world');
    await mkdir(begun, { recursive: true });
    await host.do(clone, { action: 'drop-copied' });
    expect(await staged()).toEqual([]);
    await mkdir(begun, { recursive: true });
    await host.do(clone, copying());
    expect(await staged()).toEqual([]);
  });

  it('goes on where it was cut short: what changed since is copied again, and what went is gone', async () => {
    const effect = copying();
    const begun = join(host.dataRoot, '.copies', `${clone}.${effect.operationId}`, 'volumes/world');
    await mkdir(join(begun, 'old'), { recursive: true });
    await writeFile(join(begun, 'old/file'), 'of a world as it was');
    await writeFile(join(begun, 'level.dat'), 'built for');
    await host.do(clone, effect);
    expect(execFileSync('diff', ['-r', world(), copyOf()]).toString()).toBe('');
  });
});

describe('a copy from another host', () => {
  let other: TestHost;
  let asked: CopyQuestion[];
  /** Between the two hosts: what stands in for the manager. */
  let between: (question: CopyQuestion, answer: CopyAnswer) => CopyAnswer | Promise<CopyAnswer>;

  const there = () => worldOf(other, clone);
  const far = (changes: Partial<EffectOf<'ensure-copied'>> = {}) => copying({ remote: true, ...changes });
  const reads = () => asked.filter(({ ask }) => ask === 'read').length;

  beforeEach(async () => {
    asked = [];
    between = (_, answer) => answer;
    const ask: AskManager = async (_operation, question, signal) => {
      asked.push(question);
      return between(question, await new Lender(host.world, from).answer(question, signal));
    };
    other = await openHost((engine) => engine, ask);
    await mkdir(join(world(), 'region'));
    for (let at = 0; at < 20; at += 1) await writeFile(join(world(), `region/r.${at}.mca`), Buffer.alloc(10_000 + at, at));
    await writeFile(join(world(), 'large.db'), Buffer.concat(Array.from({ length: 30 }, (_, at) => Buffer.alloc(100_000, at))));
  });
  afterEach(() => other.close());

  it('is the same to the last byte, link, name and hole', async () => {
    await symlink('/etc/passwd', join(world(), 'passwd'));
    await link(join(world(), 'level.dat'), join(world(), 'region/same.dat'));
    await writeFile(join(world(), 'holes.db'), '');
    await truncate(join(world(), 'holes.db'), 5_000_000);
    await chown(join(world(), 'large.db'), 1000, 1001);
    const { copied } = await other.do(clone, far());
    expect(execFileSync('diff', ['-r', '--no-dereference', world(), there()]).toString()).toBe('');
    expect((await stat(join(there(), 'level.dat'))).ino).toBe((await stat(join(there(), 'region/same.dat'))).ino);
    expect((await stat(join(there(), 'holes.db'))).blocks).toBeLessThan(100);
    expect(await stat(join(there(), 'large.db'))).toMatchObject({ uid: 1000, gid: 1001, mtimeMs: expect.any(Number) });
    expect(copied).toMatchObject({ files: 24, torn: 0 });
    expect(await other.data.look(clone)).toMatchObject({ data: { exists: 'yes' }, refusal: null });
  });

  it('goes on after the line was lost, with what had arrived whole, and in the middle of a file', async () => {
    const effect = far();
    between = (question, answer) => {
      if (question.ask === 'read' && question.path.at(-1) === 'large.db' && question.offset >= 2_000_000) {
        // The small ones have arrived by then.
        return eventually(() => reads() > 27).then(() => Promise.reject(Object.assign(new Error('lost'), { code: 'ECONNRESET' })));
      }
      return answer;
    };
    await expect(other.do(clone, effect)).rejects.toThrow();
    expect(await other.data.isThere(clone)).toBe(false);
    const before = reads();
    between = (_, answer) => answer;
    await other.do(clone, effect);
    expect(execFileSync('diff', ['-r', world(), there()]).toString()).toBe('');
    expect(before).toBeGreaterThan(20);
    expect(reads() - before).toBeLessThan(10);
  });

  it('that arrives damaged is asked for again, and never taken', async () => {
    let damaged = 0;
    between = (question, answer) => {
      if (answer.of !== 'read' || answer.piece === null || question.ask !== 'read' || question.path.at(-1) !== 'level.dat') return answer;
      damaged += 1;
      return damaged > 1 ? answer : { ...answer, piece: { ...answer.piece, data: Buffer.from('built for mouths').toString('base64') } };
    };
    await other.do(clone, far());
    expect(await readFile(join(there(), 'level.dat'), 'utf8')).toBe('built for months');
    expect(damaged).toBe(2);
  });

  it('that always arrives damaged ends, saying so', async () => {
    between = (_, answer) => (answer.of === 'sum' && answer.sum ? { ...answer, sum: { ...answer.sum, sha256: '0'.repeat(64) } } : answer);
    await expect(other.do(clone, far())).rejects.toMatchObject({ code: 'copy-failed', detail: expect.stringContaining('large.db') });
    expect(await other.data.isThere(clone)).toBe(false);
  });

  it('of a file that is written to all the while is counted as torn, and is an error where the server rests', async () => {
    between = async (question, answer) => {
      if (question.ask === 'read' && question.path.at(-1) === 'large.db' && question.offset > 0) {
        const file = await open(join(world(), 'large.db'), 'a');
        await file.write('more');
        await file.close();
      }
      return answer;
    };
    await expect(other.do(clone, far())).rejects.toMatchObject({ code: 'copy-failed', detail: expect.stringContaining('large.db') });
    await other.do(clone, { action: 'drop-copied' });
    expect((await other.do(clone, far({ live: true }))).copied).toMatchObject({ torn: 1 });
  });

  it('leaves out what went between the listing and the reading', async () => {
    between = async (question, answer) => {
      if (question.ask === 'list' && question.path.length === 0)
        await rename(join(world(), 'level.dat'), join(world(), 'region/level.dat'));
      return answer;
    };
    await other.do(clone, far());
    expect(await readdir(there())).toEqual(['large.db', 'region']);
  });

  it('comes only from a volume of a server of this installation', async () => {
    const lender = (serverId: ServerId) => new Lender(host.world, serverId);
    const read = (path: string[], volume = 'world') => lender(from).answer({ ask: 'read', volume, path, offset: 0 }, quiet);
    await symlink('/etc', join(world(), 'etc'));
    expect(await read(['etc', 'passwd'])).toEqual({ of: 'read', piece: null });
    expect(await read(['level.dat'])).toMatchObject({ piece: { size: 16 } });
    await expect(lender(newServerId()).answer({ ask: 'begin', count: false }, quiet)).rejects.toMatchObject({ code: 'data-missing' });
    const foreign = await openHost();
    await rm(foreign.data.directory(from), { recursive: true, force: true });
    execFileSync('cp', ['-a', host.data.directory(from), foreign.data.directory(from)]);
    await expect(new Lender(foreign.world, from).answer({ ask: 'begin', count: false }, quiet)).rejects.toMatchObject({
      code: 'data-foreign',
    });
    await expect(
      new Lender(foreign.world, from).answer({ ask: 'read', volume: 'world', path: ['level.dat'], offset: 0 }, quiet),
    ).rejects.toMatchObject({ code: 'data-foreign' });
    await foreign.close();
  });

  it('asked for by two, of whom one is gone, is made by the one who came last', async () => {
    const effect = far();
    const { promise, resolve } = Promise.withResolvers<void>();
    between = async (question, answer) => {
      if (question.ask === 'read') await promise;
      return answer;
    };
    const ask = () => apply(other.world, { serverId: clone, containerId: null, effect, engineId: null }, () => undefined, quiet);
    const first = ask();
    first.catch(() => undefined);
    await eventually(() => reads() > 0);
    const second = ask();
    resolve();
    await expect(first).rejects.toThrow();
    expect((await second).copied).toMatchObject({ files: 22 });
    expect(execFileSync('diff', ['-r', world(), there()]).toString()).toBe('');
  });
});
