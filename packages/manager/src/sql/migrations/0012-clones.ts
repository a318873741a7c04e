// Clones: where a server's data is still to come from, and which other server an operation copies from meanwhile.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const integer = sql.raw(dialect.integer);
  await db.schema.alterTable('servers').addColumn('copy_json', 'text').execute();
  await db.schema.alterTable('operations').addColumn('source_id', 'text').execute();
  await db.schema
    .alterTable('operations')
    .addColumn('source_rests', integer, (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable('operations')
    .addColumn('source_stopped', integer, (c) => c.notNull().defaultTo(0))
    .execute();
  // One copy of a server at a time.
  await db.schema
    .createIndex('one_open_copy')
    .unique()
    .on('operations')
    .column('source_id')
    .where(sql.ref('ended_at'), 'is', null)
    .execute();
}
