// The store keeps what it was given: durable settings, numbered migrations, a copy before the first pending one.

import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ownerOfAll } from '@mainstay/core/access';
import { idPattern } from '@mainstay/core/id';
import { bearer } from '@mainstay/manager/app/credentials';
import { hashOf } from '@mainstay/manager/random';
import { migrate, migrations } from '@mainstay/manager/sql/migrate';
import { openSqlite, queriesOn, sqliteDialect } from '@mainstay/manager/sql/sqlite';
import { type Kysely, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mainstay-store-'));
  path = join(directory, 'mainstay.db');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = () => openSqlite(path, 1, { create: true });

describe('the database', () => {
  it('is in WAL mode, syncs every commit, checks foreign keys, and has only strict tables', async () => {
    const store = await open();
    const pragma = async (name: string) => Object.values((await sql.raw(`pragma ${name}`).execute(store.db)).rows[0] as object)[0];
    expect([await pragma('journal_mode'), await pragma('synchronous'), await pragma('foreign_keys')]).toEqual(['wal', 2, 1]);
    const lax =
      await sql`select name from pragma_table_list where schema = 'main' and type = 'table' and strict = 0 and name not like 'sqlite_%'`.execute(
        store.db,
      );
    expect(lax.rows).toEqual([]);
    await store.close();
  });

  it('refuses a second server on one (host, protocol, port)', async () => {
    const store = await open();
    await sql.raw('pragma foreign_keys = off').execute(store.db);
    const hold = (server_id: string) =>
      store.db
        .insertInto('port_allocations')
        .values({ agent_id: 'a', protocol: 'tcp', host_port: 1, server_id, container_port: 1, name: 'x', position: 0 } as never)
        .execute();
    await hold('one');
    await expect(hold('two')).rejects.toThrow(/UNIQUE/);
    await store.close();
  });

  it('that is no database is left as it is, and said to be none', async () => {
    await writeFile(path, 'not a database, but somebody’s only copy of something');
    await expect(open()).rejects.toThrow(/cannot be used: .*left as it is/);
    expect(await readFile(path, 'utf8')).toContain('only copy');
  });

  it('that should be there and is not is never made by surprise', async () => {
    await expect(openSqlite(path, 1, { create: false })).rejects.toThrow(/There is no database at/);
    expect(existsSync(path)).toBe(false);
  });
});

describe('migrations', () => {
  const further = {
    name: 'further',
    up: async (db: Kysely<unknown>) => void (await sql`create table further (x integer) strict`.execute(db)),
  };
  const broken = {
    name: 'broken',
    up: async (db: Kysely<unknown>) => {
      await sql`delete from settings`.execute(db);
      throw new Error('half way');
    },
  };

  it('run once, and the first pending one makes a copy of the database before', async () => {
    const store = await open();
    await store.db.insertInto('settings').values({ key: 'kept', value: 'yes' }).execute();
    const db = store.db as unknown as Kysely<unknown>;
    expect(await migrate(db, sqliteDialect(path), 2)).toBeNull();
    const copy = await migrate(db, sqliteDialect(path), 2, [...migrations, further]);
    expect(copy).toBe(`${path}.before-${migrations.length + 1}`);
    const kept = new DatabaseSync(copy ?? '', { readOnly: true });
    expect(kept.prepare('select value from settings where key = ?').get('kept')).toEqual({ value: 'yes' });
    expect(kept.prepare("select count(*) as n from sqlite_master where name = 'further'").get()).toEqual({ n: 0 });
    kept.close();
    await store.close();
  });

  it('leave tokens and sessions of a time without roles good for everything', async () => {
    const database = new DatabaseSync(path);
    await migrate(queriesOn(database) as unknown as Kysely<unknown>, sqliteDialect(path), 1, migrations.slice(0, 11));
    database
      .prepare('insert into credentials (hash, kind, name, created_at) values (?, ?, ?, 1), (?, ?, ?, 1)')
      .run(hashOf('old token'), 'token', 'robot', hashOf('old join token'), 'join', 'up');
    database.close();
    const store = await open();
    expect(await bearer(store, 'token', hashOf('old token'), 2)).toMatchObject({
      name: 'robot',
      credentialId: expect.stringMatching(idPattern),
      access: { grants: ownerOfAll, within: null },
    });
    await store.close();
  });

  it('that fail leave the database as it was, and usable', async () => {
    const store = await open();
    await store.db.insertInto('settings').values({ key: 'kept', value: 'yes' }).execute();
    const db = store.db as unknown as Kysely<unknown>;
    await expect(migrate(db, sqliteDialect(path), 2, [...migrations, broken])).rejects.toThrow('half way');
    await store.close();
    const again = await open();
    expect(await again.db.selectFrom('settings').select('value').where('key', '=', 'kept').executeTakeFirst()).toEqual({ value: 'yes' });
    await again.close();
  });

  it('of a later version of the program are refused with what to do', async () => {
    const store = await open();
    await migrate(store.db as unknown as Kysely<unknown>, sqliteDialect(path), 2, [...migrations, further]);
    await store.close();
    await expect(open()).rejects.toThrow(/later version of Mainstay/);
  });
});
