// People, what they and their tokens may do, and who asked for a bulk. Whatever let somebody in until now let them do everything,
// and goes on so.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

const everything = JSON.stringify([{ role: 'owner', scope: { kind: 'everything' } }]);

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const integer = sql.raw(dialect.integer);
  const end = sql.raw(dialect.tableEnd);
  await db.schema
    .createTable('accounts')
    .modifyEnd(end)
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('grants_json', 'text', (c) => c.notNull())
    .addColumn('password_hash', 'text')
    .addColumn('disabled', integer, (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('last_signed_in_at', integer)
    .execute();

  await db.schema.alterTable('credentials').renameTo('former_credentials').execute();
  await db.schema
    .createTable('credentials')
    .modifyEnd(end)
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('hash', 'text', (c) => c.primaryKey().notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text', (c) => c.references('accounts.id').onDelete('cascade'))
    .addColumn('grants_json', 'text')
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('expires_at', integer)
    .addColumn('last_used_at', integer)
    .addColumn('address', 'text')
    .addColumn('user_agent', 'text')
    .execute();
  await db.schema.createIndex('credentials_by_account').on('credentials').columns(['account_id', 'kind']).execute();
  // Ids of the form that ids have, each its own: they only have to differ from each other.
  const id = sql.join(
    [1, 9, 13, 17, 21].map((from, at) => sql`substr(hash, ${sql.lit(from)}, ${sql.lit([8, 4, 4, 4, 12][at])})`),
    sql` || '-' || `,
  );
  await sql`insert into credentials (id, hash, kind, name, grants_json, created_at, expires_at)
    select ${id}, hash, kind, name, case when kind in ('token', 'session') then ${sql.lit(everything)} end, created_at, expires_at
    from former_credentials`.execute(db);
  await db.schema.dropTable('former_credentials').execute();

  await db.schema.alterTable('bulks').addColumn('account_id', 'text').execute();
  await db.schema.alterTable('bulks').addColumn('token_id', 'text').execute();
}
