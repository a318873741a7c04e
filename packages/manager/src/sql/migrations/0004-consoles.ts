// How commands reach a server's program.

import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('servers')
    .addColumn('console_json', 'text', (c) => c.notNull().defaultTo('{"via":"stdin"}'))
    .execute();
}
