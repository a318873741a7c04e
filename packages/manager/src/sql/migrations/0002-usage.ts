// What servers use: sums over steps of time, an average being a sum over its samples.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const integer = sql.raw(dialect.integer);
  const real = sql.raw(dialect.real);
  await db.schema
    .createTable('usage_samples')
    .modifyEnd(sql.raw(dialect.tableEnd))
    .addColumn('server_id', 'text', (c) => c.notNull().references('servers.id').onDelete('cascade'))
    .addColumn('step_ms', integer, (c) => c.notNull())
    .addColumn('at', integer, (c) => c.notNull())
    .addColumn('samples', integer, (c) => c.notNull())
    .addColumn('cores', real, (c) => c.notNull())
    .addColumn('memory_bytes', real, (c) => c.notNull())
    .addColumn('received', real)
    .addColumn('sent', real)
    .addPrimaryKeyConstraint('one_sample_a_step', ['server_id', 'step_ms', 'at'])
    .execute();
  await db.schema.createIndex('usage_by_age').on('usage_samples').columns(['step_ms', 'at']).execute();
}
