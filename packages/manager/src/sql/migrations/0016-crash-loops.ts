// When a server last crashed, so that a crash loop is told by its page and not by its history only.

import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('servers')
    .addColumn('crashes_json', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
}
