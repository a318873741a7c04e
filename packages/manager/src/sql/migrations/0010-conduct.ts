// How a server's program is shut in, asked to stop, known to be ready, installed and set up. Records and what was applied
// of them get what held until now.

import { plainSandbox } from '@mainstay/core/server';
import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

interface Records {
  servers: { id: string; console_json: string; applied_json: string | null };
}

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const add = (name: string, type: string, value?: string) =>
    db.schema
      .alterTable('servers')
      .addColumn(name, sql.raw(type), (c) => (value === undefined ? c : c.notNull().defaultTo(value)))
      .execute();
  await add('sandbox_json', 'text', JSON.stringify(plainSandbox));
  await add('ready_json', 'text', 'null');
  await add('install_json', 'text', 'null');
  await add('files_json', 'text', '[]');
  await add('ready_at', dialect.integer);

  const records = db as unknown as Kysely<Records>;
  for (const row of await records.selectFrom('servers').select(['id', 'console_json', 'applied_json']).execute()) {
    const console = JSON.parse(row.console_json) as { via: string };
    await records
      .updateTable('servers')
      .set({
        console_json: JSON.stringify(console.via === 'none' ? console : { ...console, stopCommand: null }),
        applied_json: row.applied_json === null ? null : JSON.stringify({ ...JSON.parse(row.applied_json), sandbox: plainSandbox }),
      })
      .where('id', '=', row.id)
      .execute();
  }
}
