// What worlds take of their host's disk: as it is, over time, and against a quota.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const integer = sql.raw(dialect.integer);
  const end = sql.raw(dialect.tableEnd);
  await db.schema.alterTable('servers').addColumn('quota_json', 'text').execute();
  await db.schema.alterTable('servers').addColumn('volume_bytes_json', 'text').execute();
  await db.schema
    .alterTable('servers')
    .addColumn('over_quota', integer, (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('agents').addColumn('disk_json', 'text').execute();
  await db.schema
    .alterTable('agents')
    .addColumn('nearly_full', integer, (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createTable('server_disk_samples')
    .modifyEnd(end)
    .addColumn('server_id', 'text', (c) => c.notNull().references('servers.id').onDelete('cascade'))
    .addColumn('volume', 'text', (c) => c.notNull())
    .addColumn('step_ms', integer, (c) => c.notNull())
    .addColumn('at', integer, (c) => c.notNull())
    .addColumn('bytes', integer, (c) => c.notNull())
    .addPrimaryKeyConstraint('one_size_a_step', ['server_id', 'volume', 'step_ms', 'at'])
    .execute();
  await db.schema
    .createTable('agent_disk_samples')
    .modifyEnd(end)
    .addColumn('agent_id', 'text', (c) => c.notNull().references('agents.id').onDelete('cascade'))
    .addColumn('step_ms', integer, (c) => c.notNull())
    .addColumn('at', integer, (c) => c.notNull())
    .addColumn('disk_json', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('one_disk_a_step', ['agent_id', 'step_ms', 'at'])
    .execute();
  for (const table of ['server_disk_samples', 'agent_disk_samples']) {
    await db.schema.createIndex(`${table}_by_age`).on(table).columns(['step_ms', 'at']).execute();
  }
}
