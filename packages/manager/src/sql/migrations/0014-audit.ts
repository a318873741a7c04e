// The audit log. The database itself lets nobody change or remove a row of it.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const integer = sql.raw(dialect.integer);
  await db.schema
    .createTable('audit')
    .modifyEnd(sql.raw(dialect.tableEnd))
    .addColumn('id', integer, (c) => dialect.autoIncrement(c.primaryKey()))
    .addColumn('at', integer, (c) => c.notNull())
    .addColumn('who', 'text')
    .addColumn('by', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text')
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('target_kind', 'text')
    .addColumn('target_id', 'text')
    .addColumn('target_name', 'text')
    .addColumn('address', 'text')
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('code', 'text')
    .execute();
  await db.schema.createIndex('audit_by_who').on('audit').columns(['who', 'id']).execute();
  await db.schema.createIndex('audit_by_target').on('audit').columns(['target_id', 'id']).execute();
  for (const statement of dialect.appendOnly('audit')) await sql.raw(statement).execute(db);
}
