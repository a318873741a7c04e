// Hosts that take no new servers.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema
    .alterTable('agents')
    .addColumn('draining', sql.raw(dialect.integer), (c) => c.notNull().defaultTo(0))
    .execute();
}
