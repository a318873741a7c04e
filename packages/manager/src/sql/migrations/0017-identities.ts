// Who somebody is to an identity provider of their house.

import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../store.ts';

export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await db.schema
    .createTable('identities')
    .modifyEnd(sql.raw(dialect.tableEnd))
    .addColumn('issuer', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text', (c) => c.notNull().references('accounts.id').onDelete('cascade'))
    .addColumn('created_at', sql.raw(dialect.integer), (c) => c.notNull())
    .addPrimaryKeyConstraint('one_account_an_identity', ['issuer', 'subject'])
    .execute();
  await db.schema.createIndex('identities_by_account').on('identities').column('account_id').execute();
}
