// The database's file taken away, lost or damaged: what is told, and that nothing is begun anew.

import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noteDatabase, refuseLost } from '../src/sql/database-file.ts';
import { openSqlite } from '../src/sql/sqlite.ts';
import type { Store } from '../src/sql/store.ts';

let directory: string;
let path: string;
let store: Store;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mainstay-database-'));
  path = join(directory, 'mainstay.db');
  store = await openSqlite(path, 0, { create: true });
  await store.db.insertInto('settings').values({ key: 'kept', value: 'yes' }).execute();
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const settings = (of: Store) => of.db.selectFrom('settings').selectAll().execute();

test('a file that is removed while it is open is saved beside its place, and nothing is written any more', async () => {
  rmSync(path);
  const { detail } = await store.lost;
  expect(detail).toContain(`saved in ${path}.saved: move that to ${path}`);
  await expect(settings(store)).rejects.toMatchObject({ code: 'shutting-down' });
  const saved = await openSqlite(`${path}.saved`, 0, { create: false });
  expect(await settings(saved)).toContainEqual({ key: 'kept', value: 'yes' });
  await saved.close();
});

test('another file in its place counts as removed', async () => {
  copyFileSync(path, `${path}.copy`);
  rmSync(path);
  copyFileSync(`${path}.copy`, path);
  const { detail } = await store.lost;
  expect(detail).toContain('was moved away or removed while it was in use');
});

test('a directory that had a database begins no other', () => {
  refuseLost(directory, join(directory, 'first.db'));
  noteDatabase(directory, 'an installation');
  refuseLost(directory, path);
  const lost = join(directory, 'lost.db');
  expect(() => refuseLost(directory, lost)).toThrow(/is gone.*Nothing was begun anew.*Put the database back/);
  writeFileSync(lost, '');
  expect(() => refuseLost(directory, lost)).toThrow(/is empty/);
});

test('a damaged file is refused as it is', async () => {
  const damaged = join(directory, 'damaged.db');
  const whole = await openSqlite(damaged, 0, { create: true });
  await whole.close();
  const bytes = readFileSync(damaged);
  bytes.fill('scribble', 8192);
  writeFileSync(damaged, bytes);
  await expect(openSqlite(damaged, 0, { create: true })).rejects.toThrow(/cannot be used.*It was left as it is; restore a copy/);
  expect(readFileSync(damaged)).toEqual(bytes);
  expect(existsSync(`${damaged}.saved`)).toBe(false);
});
