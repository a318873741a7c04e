// Bulks: one thing asked of many servers, and what came of each.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const integer = sql.raw(dialect.integer);
  const end = sql.raw(dialect.tableEnd);
  await db.schema
    .createTable('bulks')
    .modifyEnd(end)
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('wish_json', 'text', (c) => c.notNull())
    .addColumn('at_once', integer, (c) => c.notNull())
    .addColumn('requested_by', 'text', (c) => c.notNull())
    .addColumn('idempotency_key', 'text')
    .addColumn('idempotency_hash', 'text')
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('ended_at', integer)
    .addColumn('cancelled', integer, (c) => c.notNull())
    .execute();
  await db.schema.createIndex('bulks_by_key').unique().on('bulks').columns(['requested_by', 'idempotency_key']).execute();
  await db.schema
    .createTable('bulk_items')
    .modifyEnd(end)
    .addColumn('bulk_id', 'text', (c) => c.notNull().references('bulks.id').onDelete('cascade'))
    .addColumn('position', integer, (c) => c.notNull())
    .addColumn('server_id', 'text', (c) => c.notNull())
    .addColumn('server_name', 'text', (c) => c.notNull())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('operation_id', 'text')
    .addColumn('detail', 'text')
    .addPrimaryKeyConstraint('one_turn_a_server', ['bulk_id', 'server_id'])
    .execute();
}
