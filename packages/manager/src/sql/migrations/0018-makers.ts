// Who made what lets somebody else in, so that it is good only as long as they may make it; and who asked for something by an
// id that nobody can choose, so that one's Idempotency-Key is never another's.

import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const tables = db as Kysely<{
    credentials: { kind: string; account_id: string | null; made_by: string | null };
    operations: { asked_by: string | null; requested_by: string };
    bulks: { asked_by: string | null; requested_by: string };
  }>;
  await db.schema
    .alterTable('credentials')
    .addColumn('made_by', 'text', (c) => c.references('accounts.id').onDelete('cascade'))
    .execute();
  await tables
    .updateTable('credentials')
    .set((e) => ({ made_by: e.ref('account_id'), account_id: null }))
    .where('kind', '=', 'invitation')
    .execute();
  for (const table of ['operations', 'bulks'] as const) {
    await db.schema.alterTable(table).addColumn('asked_by', 'text').execute();
    await tables
      .updateTable(table)
      .set((e) => ({ asked_by: e.ref('requested_by') }))
      .execute();
    await db.schema.dropIndex(`${table}_by_key`).execute();
    await db.schema.createIndex(`${table}_by_key`).unique().on(table).columns(['asked_by', 'idempotency_key']).execute();
  }
}
