import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstallationId, OperationId, ServerId } from '@mainstay/core/id';
import { plainConduct } from '@mainstay/core/server';
import type { KeptRecord } from '@mainstay/wire/link';
import { list } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listArchives, removeArchive } from '../src/archive.ts';
import { systemClock } from '../src/clock.ts';
import { createData, type Data, type Guarding } from '../src/data.ts';
import { type Marker, readMarker, writeMarker } from '../src/marker.ts';
import { type DataRoot, openRoot } from '../src/root.ts';
import { emptyTrash, recordInTrash } from '../src/trash.ts';
import { sampleSpec } from './host.ts';

let root: DataRoot;
let data: Data;
let serverId: ServerId;

const make: Guarding = { volumes: ['world'], make: true, allowEmptyData: false };
const start: Guarding = { volumes: ['world'], make: false, allowEmptyData: false };
const startAnyway: Guarding = { volumes: ['world'], make: false, allowEmptyData: true };
const missing = { code: 'data-missing' };
const foreign = { code: 'data-foreign' };

/** What the manager knows of it as it is purged. */
const record: KeptRecord = { spec: sampleSpec('lobby', {}), conduct: { ...plainConduct, files: [] }, made: null };

const directory = () => join(root.path, serverId);
const world = () => join(directory(), 'volumes', 'world');
const build = () => writeFile(join(world(), 'level.dat'), 'built for months');
const guard = (guarding: Guarding) => data.guard(serverId, guarding);
const exists = async () => (await data.look(serverId)).data.exists;
const marker = async (): Promise<Marker> => {
  const found = await readMarker(directory());
  if (!found) throw new Error('no marker');
  return found;
};

beforeEach(async () => {
  const path = await mkdtemp(join(tmpdir(), 'mainstay-data-'));
  root = { path, rootId: await openRoot(path, null), installationId: randomUUID() as InstallationId };
  data = createData(root, systemClock);
  serverId = randomUUID() as ServerId;
});
afterEach(() => rm(root.path, { recursive: true, force: true }));

describe('a new server', () => {
  it('gets its directories, closed to others on the host and open to any user in a container', async () => {
    await guard(make);
    expect((await stat(directory())).mode & 0o777).toBe(0o700);
    expect((await stat(world())).mode & 0o777).toBe(0o777);
    expect(await readdir(world())).toEqual([]);
    expect(await exists()).toBe('yes');
  });

  it('can be made twice, and after every point at which the first making can have been cut short', async () => {
    await mkdir(directory());
    await guard(make);
    await rm(directory(), { recursive: true });

    await mkdir(world(), { recursive: true, mode: 0o755 });
    await writeFile(join(directory(), 'marker.json.new'), '{"serv');
    await guard(make);
    expect((await stat(world())).mode & 0o777).toBe(0o777);
    await guard(make);
    expect(await exists()).toBe('yes');
  });

  it('is not made over a directory with somebody’s content', async () => {
    await mkdir(world(), { recursive: true });
    await build();
    await expect(guard(make)).rejects.toMatchObject(foreign);
    await expect(guard(startAnyway)).rejects.toMatchObject(foreign);
    expect(await exists()).toBe('unknown');
  });

  it('is not begun anew by a repeated making when what was built is gone', async () => {
    await guard(make);
    await build();
    await data.look(serverId);
    await rm(join(world(), 'level.dat'));
    await expect(guard(make)).rejects.toMatchObject(missing);
  });

  it('is refused when its id is none', async () => {
    await expect(data.guard('../../etc' as ServerId, make)).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(data.remove('.trash' as ServerId, record)).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('the world guard', () => {
  beforeEach(() => guard(make));

  it('lets a world start that never had content, and one that has it', async () => {
    await guard(start);
    await build();
    await guard(start);
    expect((await marker()).volumes['world']).toEqual({ hadContent: true, sameFileSystem: true });
  });

  it('notes content at a look, and never forgets it', async () => {
    expect((await marker()).volumes['world']?.hadContent).toBe(false);
    await build();
    expect(await exists()).toBe('yes');
    expect((await marker()).volumes['world']?.hadContent).toBe(true);
    await rm(join(world(), 'level.dat'));
    expect(await exists()).toBe('no');
    expect((await marker()).volumes['world']?.hadContent).toBe(true);
  });

  it.each([
    ['the directory is gone', () => rm(directory(), { recursive: true })],
    ['the directory was emptied', () => rm(directory(), { recursive: true }).then(() => mkdir(directory()))],
    ['a volume is gone', () => rm(world(), { recursive: true })],
    ['a volume was emptied', () => rm(join(world(), 'level.dat'))],
  ])('refuses when %s, and goes on with an empty world when told to', async (_, lose) => {
    await build();
    await data.look(serverId);
    await lose();
    await expect(guard(start)).rejects.toMatchObject(missing);
    expect(await data.look(serverId)).toMatchObject({ data: { exists: 'no' }, refusal: { code: 'data-missing' } });
    await guard(startAnyway);
    await guard(start);
    expect(await exists()).toBe('yes');
  });

  it('refuses when a volume that never had content is gone', async () => {
    await rm(world(), { recursive: true });
    await expect(guard(start)).rejects.toMatchObject(missing);
  });

  it.each([
    ['another server’s', () => ({ serverId: randomUUID() as ServerId })],
    ['another Mainstay’s', () => ({ installationId: randomUUID() as InstallationId })],
    ['from another data root', () => ({ rootId: randomUUID() })],
  ])('refuses data that is %s, whatever is allowed', async (_, change) => {
    await build();
    await writeMarker(directory(), { ...(await marker()), ...change() });
    for (const guarding of [start, make, startAnyway]) await expect(guard(guarding)).rejects.toMatchObject(foreign);
    await expect(data.remove(serverId, record)).rejects.toMatchObject(foreign);
    expect(await exists()).toBe('unknown');
    expect(await readFile(join(world(), 'level.dat'), 'utf8')).toBe('built for months');
  });

  it('refuses data whose marker is gone or is none', async () => {
    await build();
    await truncate(join(directory(), 'marker.json'));
    await expect(guard(startAnyway)).rejects.toMatchObject(foreign);
    await rm(join(directory(), 'marker.json'));
    await expect(guard(startAnyway)).rejects.toMatchObject(foreign);
  });

  it('refuses a volume that was on a disk of its own and no longer is', async () => {
    await build();
    const kept = await marker();
    await writeMarker(directory(), { ...kept, volumes: { world: { hadContent: true, sameFileSystem: false } } });
    await expect(guard(startAnyway)).rejects.toMatchObject(foreign);
    expect(await exists()).toBe('unknown');
  });

  it.each([
    ['the server’s directory', () => directory()],
    ['the directory of its volumes', () => join(directory(), 'volumes')],
    ['a volume', () => world()],
  ])('follows no link in place of %s', async (_, where) => {
    await build();
    await rename(where(), `${root.path}/elsewhere`);
    await symlink(`${root.path}/elsewhere`, where());
    for (const guarding of [start, make, startAnyway]) await expect(guard(guarding)).rejects.toMatchObject(foreign);
    expect(await exists()).toBe('unknown');
  });

  it('makes a volume that is new to the record, and cares for none that is not in it any more', async () => {
    await guard({ ...start, volumes: ['world', 'plugins'] });
    expect((await stat(join(directory(), 'volumes', 'plugins'))).isDirectory()).toBe(true);
    await rm(world(), { recursive: true });
    await guard({ ...start, volumes: ['plugins'] });
  });

  it('cares for what only the image declares', async () => {
    await guard({ ...start, volumes: ['world', 'image-data.0123abcd'] });
    await rm(join(directory(), 'volumes', 'image-data.0123abcd'), { recursive: true });
    await expect(guard(start)).rejects.toMatchObject(missing);
  });
});

describe('a data root that is not the one used before', () => {
  beforeEach(async () => {
    await guard(make);
    await build();
    await data.look(serverId);
  });

  it.each([
    ['an empty directory, as when its disk is not mounted', () => rm(root.path, { recursive: true }).then(() => mkdir(root.path))],
    ['another root', () => writeFile(join(root.path, 'root.json'), JSON.stringify({ rootId: randomUUID() }))],
    ['nothing at all', () => rm(root.path, { recursive: true })],
  ])('is %s: nobody looks, nobody starts, nothing is made', async (_, change) => {
    await change();
    expect(await exists()).toBe('unknown');
    for (const guarding of [start, make, startAnyway]) await expect(guard(guarding)).rejects.toMatchObject(foreign);
    await expect(data.remove(serverId, record)).rejects.toMatchObject(foreign);
    expect(await openRoot(root.path, root.rootId)).toBe(root.rootId);
  });

  it('is known again wherever it was moved to', async () => {
    const moved = `${root.path}-moved`;
    await rename(root.path, moved);
    root = { ...root, path: moved };
    data = createData(root, systemClock);
    expect(await exists()).toBe('yes');
    await guard(start);
  });

  it('keeps its id for an agent that has lost its own home', async () => {
    expect(await openRoot(root.path, null)).toBe(root.rootId);
  });
});

describe('removing', () => {
  it('moves the whole directory to the trash, and is done when there is none', async () => {
    await guard(make);
    await build();
    await data.remove(serverId, record);
    await data.remove(serverId, record);
    const [trashed] = await readdir(join(root.path, '.trash'));
    expect(trashed).toMatch(new RegExp(`^${serverId}\\.\\d+$`));
    expect(await readFile(join(root.path, '.trash', String(trashed), 'volumes', 'world', 'level.dat'), 'utf8')).toBe('built for months');
    expect(await exists()).toBe('no');
  });

  it('takes what was half-made or has lost its marker', async () => {
    await mkdir(world(), { recursive: true });
    await build();
    await data.remove(serverId, record);
    expect(await readdir(root.path)).not.toContain(serverId);
  });

  it('leaves the record beside the data; of another server’s, put there by hand, nothing is read or brought back', async () => {
    await guard(make);
    await data.remove(serverId, record);
    const [trashId] = await readdir(join(root.path, '.trash'));
    expect(await recordInTrash(root, trashId!)).toEqual(record);
    const other = `${randomUUID()}.1`;
    await rename(join(root.path, '.trash', trashId!), join(root.path, '.trash', other));
    expect(await recordInTrash(root, other)).toBeNull();
    await expect(data.bringBack(other.slice(0, 36) as ServerId, other)).rejects.toMatchObject(foreign);
    expect(await readdir(join(root.path, '.trash'))).toEqual([other]);
  });

  it('comes back from the trash as it was, once however often it is asked for, and never over what is there', async () => {
    await guard(make);
    await build();
    await data.remove(serverId, record);
    const [trashId] = await readdir(join(root.path, '.trash'));
    await data.bringBack(serverId, trashId!);
    await data.bringBack(serverId, trashId!);
    expect(await readFile(join(world(), 'level.dat'), 'utf8')).toBe('built for months');
    expect(await exists()).toBe('yes');

    await data.remove(serverId, record);
    const again = (await readdir(join(root.path, '.trash')))[0]!;
    await guard(make);
    await expect(data.bringBack(serverId, again)).rejects.toMatchObject(foreign);
    await expect(data.bringBack(randomUUID() as ServerId, again)).rejects.toMatchObject({ code: 'invalid-request' });
    await rm(directory(), { recursive: true });
    await expect(data.bringBack(serverId, `${serverId}.1`)).rejects.toMatchObject(missing);
  });

  it('is archived whole, links as links, once for each operation', async () => {
    await guard(make);
    await build();
    await writeFile(join(root.path, 'precious'), 'kept');
    await symlink(join(root.path, 'precious'), join(world(), 'out'));
    const operationId = randomUUID() as OperationId;
    const archive = () => data.archive(serverId, operationId, () => undefined, AbortSignal.timeout(10_000));
    await archive();
    const [archived] = await listArchives(root);
    expect(archived).toMatchObject({ id: `${serverId}.${operationId}.tar.gz`, serverId });
    await archive();
    expect(await listArchives(root)).toHaveLength(1);

    const names: string[] = [];
    await list({ file: join(root.path, '.archives', archived!.id), onReadEntry: ({ path, type }) => void names.push(`${type} ${path}`) });
    expect(names).toContain('File ./volumes/world/level.dat');
    expect(names).toContain('SymbolicLink ./volumes/world/out');
    await removeArchive(root, archived!.id);
    expect(await listArchives(root)).toEqual([]);
  });

  it('is archived though one of its volumes is gone: the others are worth it', async () => {
    await guard({ ...make, volumes: ['world', 'mods'] });
    await build();
    await writeFile(join(directory(), 'volumes', 'mods', 'mod.jar'), 'x');
    await data.look(serverId);
    await rm(join(directory(), 'volumes', 'mods'), { recursive: true });
    expect(await exists()).toBe('no');
    await data.archive(serverId, randomUUID() as OperationId, () => undefined, AbortSignal.timeout(10_000));
    expect(await listArchives(root)).toHaveLength(1);
  });

  it('that is on its way out of the trash for good cannot come back by half, and goes when the trash is emptied next', async () => {
    await guard(make);
    await data.remove(serverId, record);
    const [trashId] = await readdir(join(root.path, '.trash'));
    await rename(join(root.path, '.trash', trashId!), join(root.path, '.trash', `removing.${trashId}`));
    await expect(data.bringBack(serverId, trashId!)).rejects.toMatchObject(missing);
    await emptyTrash(root, { wall: Date.now(), running: 0 }, 7, null, async () => undefined);
    expect(await readdir(join(root.path, '.trash'))).toEqual([]);
  });

  it('moves no link’s target', async () => {
    await mkdir(join(root.path, 'elsewhere'));
    await symlink(join(root.path, 'elsewhere'), directory());
    await expect(data.remove(serverId, record)).rejects.toMatchObject(foreign);
  });

  it('empties the trash of what has been there for long, follows no link in it, and touches nothing else there', async () => {
    await guard(make);
    await writeFile(join(root.path, 'precious'), 'kept');
    await symlink(root.path, join(world(), 'out'));
    await data.remove(serverId, record);
    await writeFile(join(root.path, '.trash', 'somebody’s'), 'kept');
    const hour = 3_600_000;
    const now = Date.now();
    const first = await emptyTrash(root, { wall: now + 24 * hour, running: 0 }, 1, null, async () => undefined);
    expect(first.failed).toEqual([]);
    // Due at one look alone is not due: a clock that was set would make it so.
    expect(await readdir(join(root.path, '.trash'))).toHaveLength(2);
    expect((await emptyTrash(root, { wall: now + 25 * hour, running: hour }, 1, first.seen, async () => undefined)).failed).toEqual([]);
    expect(await readdir(join(root.path, '.trash'))).toEqual(['somebody’s']);
    expect(await readFile(join(root.path, 'precious'), 'utf8')).toBe('kept');
  });
});

it('is unknown, not gone, when it cannot be read', async () => {
  await guard(make);
  // Root reads everything; a file where a directory should be cannot be read by anybody.
  await rm(join(directory(), 'marker.json'));
  await mkdir(join(directory(), 'marker.json'));
  expect(await exists()).toBe('unknown');
});
