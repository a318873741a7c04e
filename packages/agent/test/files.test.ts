// Settings written into the program's own files on a real disk: inside the volume and nowhere else, with the owner and the
// mode that the file has.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, link, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerId } from '@mainstay/core/id';
import type { FileEdit } from '@mainstay/core/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { besideOf } from '../src/inside.ts';
import { bringUp, newServerId, openHost, sampleSpec, type TestHost } from './host.ts';

let host: TestHost;
let serverId: ServerId;

beforeAll(async () => {
  host = await openHost();
});
beforeEach(async () => {
  serverId = newServerId();
  await host.do(serverId, { action: 'guard-data', spec: sampleSpec('files'), make: true, allowEmptyData: false });
});
afterEach(() => host.do(serverId, { action: 'ensure-absent' }));
afterAll(() => host.close());

const at = (...path: string[]) => join(host.dataRoot, serverId, 'volumes', 'world', ...path);
const file = (path: string, changes: Partial<FileEdit> = {}) => ({
  volume: 'world',
  path,
  parser: 'properties' as const,
  create: true,
  find: { port: '7777' },
  ...changes,
});
const write = (files: ReturnType<typeof file>[], user: string | null = null) =>
  host.do(serverId, { action: 'edit-files', files: files as never, user });

describe('a file of settings', () => {
  it('is edited in place, keeps its owner and its mode, and leaves nothing beside it', async () => {
    await writeFile(at('server.properties'), 'port=1\n');
    await chmod(at('server.properties'), 0o640);
    await chown(at('server.properties'), 4711, 4712);
    await write([file('server.properties')]);
    expect(await readFile(at('server.properties'), 'utf8')).toBe('port=7777\n');
    expect(await stat(at('server.properties'))).toMatchObject({ uid: 4711, gid: 4712, mode: 0o100640 });
    expect(await readdir(at())).toEqual(['server.properties']);
  });

  it('takes away what an agent that was killed while it wrote has left beside it', async () => {
    await writeFile(at('server.properties'), 'port=1\n');
    await writeFile(at(besideOf('server.properties')), 'por');
    await write([file('server.properties')]);
    expect(await readFile(at('server.properties'), 'utf8')).toBe('port=7777\n');
    expect(await readdir(at())).toEqual(['server.properties']);
  });

  it('is not written when nothing changes', async () => {
    await writeFile(at('server.properties'), 'port=7777\n');
    const before = await stat(at('server.properties'));
    await write([file('server.properties')]);
    expect((await stat(at('server.properties'))).ino).toBe(before.ino);
  });

  it('is made for the user that the program runs as, with the directories on the way', async () => {
    await write([file('config/deep/server.properties')], '4711:4712');
    expect(await readFile(at('config/deep/server.properties'), 'utf8')).toBe('port=7777\n');
    expect(await stat(at('config/deep/server.properties'))).toMatchObject({ uid: 4711, gid: 4712, mode: 0o100644 });
  });

  it('is left out where it is not there and cannot be begun, or is not to be', async () => {
    await write([
      file('a.cfg', { parser: 'file' }),
      file('b.json', { parser: 'json' }),
      file('c/d.properties', { create: false }),
      file('e.yml', { parser: 'yaml', create: false }),
    ]);
    expect(await readdir(at())).toEqual([]);
  });

  it('keeps bytes that are no UTF-8', async () => {
    await writeFile(at('old.cfg'), Buffer.from('name=\xe9t\xe9\nport=1\n', 'latin1'));
    await write([file('old.cfg')]);
    expect((await readFile(at('old.cfg'))).toString('latin1')).toBe('name=\xe9t\xe9\nport=7777\n');
  });

  it('is left alone while the program runs', async () => {
    const spec = sampleSpec(`files-${serverId.slice(0, 8)}`);
    await writeFile(at('server.properties'), 'port=1\n');
    await host.do(serverId, ...bringUp(spec));
    await write([file('server.properties')]);
    expect(await readFile(at('server.properties'), 'utf8')).toBe('port=1\n');
  });

  it('is looked at before a program is stopped for it, and not written then', async () => {
    await writeFile(at('server.properties'), 'port=1\n');
    const check = (...files: ReturnType<typeof file>[]) => host.do(serverId, { action: 'check-files', files: files as never });
    await check(file('server.properties'), file('not/there.yml', { parser: 'yaml' }));
    expect(await readFile(at('server.properties'), 'utf8')).toBe('port=1\n');
    expect(await readdir(at())).toEqual(['server.properties']);
    await writeFile(at('config.json'), '{ "port": ');
    await expect(check(file('server.properties'), file('config.json', { parser: 'json' }))).rejects.toMatchObject({
      code: 'file-not-edited',
    });
  });

  it('that the host does not let anybody read is told of, too', async () => {
    const socket = createServer().listen(at('server.properties'));
    await once(socket, 'listening');
    await expect(write([file('server.properties')])).rejects.toMatchObject({
      code: 'file-not-edited',
      detail: expect.stringContaining('it is no ordinary file'),
    });
    socket.close();
    await once(socket, 'close');
    await writeFile(at('config'), '');
    await expect(write([file('config/server.properties')])).rejects.toMatchObject({ code: 'file-not-edited' });
    const long = 'x'.repeat(300);
    await expect(write([file(long)])).rejects.toMatchObject({ code: 'file-not-edited', detail: expect.stringContaining('ENAMETOOLONG') });
  });

  it('that is broken is told of by its name, and stays as it is', async () => {
    await writeFile(at('config.json'), '{ "port": ');
    await expect(write([file('config.json', { parser: 'json' })])).rejects.toMatchObject({
      code: 'file-not-edited',
      detail: expect.stringMatching(/^config\.json in volume “world” cannot be edited: it is not JSON/),
    });
    expect(await readFile(at('config.json'), 'utf8')).toBe('{ "port": ');
  });
});

describe('nothing outside the volume is touched', () => {
  let outside: string;
  beforeEach(async () => {
    outside = join(tmpdir(), `mainstay-outside-${serverId}`);
    await mkdir(outside);
    await writeFile(join(outside, 'server.properties'), 'port=1\n');
  });
  afterEach(async () => {
    expect(await readFile(join(outside, 'server.properties'), 'utf8')).toBe('port=1\n');
    expect(await readdir(outside)).toEqual(['server.properties']);
    await rm(outside, { recursive: true });
  });
  const refused = { code: 'file-not-edited', detail: expect.stringContaining('links are not followed') };

  it('by a link in the place of the file', async () => {
    await symlink(join(outside, 'server.properties'), at('server.properties'));
    await expect(write([file('server.properties')])).rejects.toMatchObject(refused);
  });

  it('by a link to what is not there yet', async () => {
    await symlink(join(outside, 'new.properties'), at('server.properties'));
    await expect(write([file('server.properties')])).rejects.toMatchObject(refused);
  });

  it('by a link in the place of a directory on the way', async () => {
    await symlink(outside, at('config'));
    await expect(write([file('config/server.properties')])).rejects.toMatchObject(refused);
    await expect(write([file('config/new/server.properties')])).rejects.toMatchObject(refused);
  });

  it('by a second name of a file elsewhere: it gets a file of its own', async () => {
    await link(join(outside, 'server.properties'), at('server.properties'));
    await write([file('server.properties')]);
    expect(await readFile(at('server.properties'), 'utf8')).toBe('port=7777\n');
  });
});

it('a device in the place of the file is not even opened', async () => {
  // A number that no driver has: its opening would be refused with ENXIO.
  execFileSync('mknod', [at('server.properties'), 'c', '511', '255']);
  await expect(write([file('server.properties')])).rejects.toMatchObject({
    code: 'file-not-edited',
    detail: expect.stringContaining('it is no ordinary file'),
  });
});

it('what is no ordinary file is refused, and waited for by nobody', async () => {
  execFileSync('mkfifo', [at('server.properties')]);
  await expect(write([file('server.properties')])).rejects.toMatchObject({ code: 'file-not-edited' });
  await rm(at('server.properties'));
  await mkdir(at('server.properties'));
  await expect(write([file('server.properties')])).rejects.toMatchObject({ code: 'file-not-edited' });
});
