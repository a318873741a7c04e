// A database as an earlier version of Mainstay would have it: that version's tables, made by its own migrations, with the rows
// of today's, as far as that version knew of them.

import { renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { migrate, migrations } from '@mainstay/manager/sql/migrate';
import { queriesOn, sqliteDialect } from '@mainstay/manager/sql/sqlite';
import type { Kysely } from 'kysely';

/** What versions before the one whose tables have this number did not write into a JSON column. */
const since: readonly { readonly version: number; readonly table: string; readonly column: string; readonly path: string }[] = [
  { version: 5, table: 'operations', column: 'input_json', path: '$.archive' },
  { version: 5, table: 'operations', column: 'input_json', path: '$.trashId' },
  { version: 10, table: 'operations', column: 'input_json', path: '$.install' },
  { version: 10, table: 'servers', column: 'console_json', path: '$.stopCommand' },
  { version: 10, table: 'servers', column: 'applied_json', path: '$.sandbox' },
  { version: 12, table: 'operations', column: 'input_json', path: '$.copy' },
];

/** Settings that migrations after this one write: nobody had them before. */
async function settingsOfLater(version: number): Promise<string[]> {
  const written = async (number: number) => {
    const empty = new DatabaseSync(':memory:');
    await migrate(queriesOn(empty) as unknown as Kysely<unknown>, sqliteDialect(':memory:'), 1, migrations.slice(0, number));
    const keys = (empty.prepare('select key from settings').all() as { key: string }[]).map(({ key }) => key);
    empty.close();
    return keys;
  };
  const before = await written(version);
  return (await written(migrations.length)).filter((key) => !before.includes(key));
}

/** Makes the database at `path` one of the version whose tables have this number. */
export async function downgrade(path: string, version: number): Promise<void> {
  const made = `${path}.made`;
  const database = new DatabaseSync(made);
  await migrate(queriesOn(database) as unknown as Kysely<unknown>, sqliteDialect(made), 1, migrations.slice(0, version));
  database.exec(`pragma foreign_keys = off; attach '${path}' as today`);
  const columns = (schema: string, table: string) =>
    (database.prepare(`select name from pragma_table_info('${table}', '${schema}')`).all() as { name: string }[]).map(({ name }) => name);
  const tables = database.prepare("select name from main.sqlite_master where type = 'table'").all() as { name: string }[];
  for (const { name: table } of tables) {
    if (table === 'migrations' || table.startsWith('sqlite_')) continue;
    const shared = columns('main', table).filter((column) => columns('today', table).includes(column));
    const values = shared.map((column) =>
      since
        .filter((each) => each.version > version && each.table === table && each.column === column)
        .reduce((value, { path: gone }) => `json_remove(${value}, '${gone}')`, column),
    );
    database.exec(`insert or replace into main.${table} (${shared.join()}) select ${values.join()} from today.${table}`);
  }
  for (const key of await settingsOfLater(version)) database.prepare('delete from settings where key = ?').run(key);
  database.exec('detach today');
  database.close();
  for (const rest of ['', '-wal', '-shm']) rmSync(`${path}${rest}`, { force: true });
  renameSync(made, path);
}

/** Every row of every table, so that two can be told apart. */
export function contents(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true });
  const tables = database.prepare("select name, sql from sqlite_master where type in ('table', 'index') order by name").all() as {
    name: string;
    sql: string | null;
  }[];
  const rows = tables.map(({ name, sql }) => [
    name,
    sql,
    sql?.startsWith('create table') ? database.prepare(`select * from ${name}`).all() : null,
  ]);
  database.close();
  return JSON.stringify(rows);
}
