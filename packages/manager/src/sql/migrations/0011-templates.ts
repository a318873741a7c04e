// Templates that people made, every version kept; and which one a server was made from.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const integer = sql.raw(dialect.integer);
  const create = (name: string) => db.schema.createTable(name).modifyEnd(sql.raw(dialect.tableEnd));
  await create('templates')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('newest', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .execute();
  await create('template_versions')
    .addColumn('template_id', 'text', (c) => c.notNull().references('templates.id').onDelete('cascade'))
    .addColumn('version', integer, (c) => c.notNull())
    .addColumn('body_json', 'text', (c) => c.notNull())
    .addColumn('saved_at', integer, (c) => c.notNull())
    .addColumn('saved_by', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('one_body_a_version', ['template_id', 'version'])
    .execute();
  await db.schema.alterTable('servers').addColumn('template_json', 'text').execute();
}
