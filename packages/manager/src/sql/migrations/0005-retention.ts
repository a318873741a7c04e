// How long a deleted server is kept, where it is not as long as the installation says.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema.alterTable('servers').addColumn('retention_json', 'text').execute();
  await db.schema.alterTable('servers').addColumn('purge_told_at', sql.raw(dialect.integer)).execute();
}
