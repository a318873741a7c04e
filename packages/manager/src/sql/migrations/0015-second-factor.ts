// What people prove themselves with beside a password: codes of an authenticator app, and passkeys.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const integer = sql.raw(dialect.integer);
  await db.schema.alterTable('accounts').addColumn('totp_sealed', 'text').execute();
  await db.schema.alterTable('accounts').addColumn('totp_step', integer).execute();
  await db.schema.alterTable('accounts').addColumn('recovery_json', 'text').execute();
  await db.schema
    .createTable('passkeys')
    .modifyEnd(sql.raw(dialect.tableEnd))
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('account_id', 'text', (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('public_key', 'text', (c) => c.notNull())
    .addColumn('counter', integer, (c) => c.notNull())
    .addColumn('created_at', integer, (c) => c.notNull())
    .addColumn('last_used_at', integer)
    .execute();
  await db.schema.createIndex('passkeys_by_account').on('passkeys').column('account_id').execute();
}
