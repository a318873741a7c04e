// Brings a database up to this version's tables: numbered migrations, all that are pending in one transaction, so that one that
// fails leaves the database of the version before, whole. Before that the dialect makes a copy, for whoever wants to go back.

import { Fault } from '@mainstay/core/fault';
import { type Kysely, sql } from 'kysely';
import * as lifecycle from './migrations/0001-lifecycle.ts';
import * as usage from './migrations/0002-usage.ts';
import * as draining from './migrations/0003-draining.ts';
import * as consoles from './migrations/0004-consoles.ts';
import * as retention from './migrations/0005-retention.ts';
import * as bulks from './migrations/0006-bulks.ts';
import * as disk from './migrations/0007-disk.ts';
import * as heldNames from './migrations/0008-held-names.ts';
import * as notifications from './migrations/0009-notifications.ts';
import * as conduct from './migrations/0010-conduct.ts';
import * as templates from './migrations/0011-templates.ts';
import * as clones from './migrations/0012-clones.ts';
import * as accounts from './migrations/0013-accounts.ts';
import * as audit from './migrations/0014-audit.ts';
import * as secondFactor from './migrations/0015-second-factor.ts';
import * as crashLoops from './migrations/0016-crash-loops.ts';
import * as identities from './migrations/0017-identities.ts';
import * as makers from './migrations/0018-makers.ts';
import type { Dialect } from './store.ts';

interface Migration {
  readonly name: string;
  readonly up: (db: Kysely<unknown>, dialect: Dialect) => Promise<void>;
}

/** In order; a migration's number is its place, beginning at 1. What has once been released is never changed. */
export const migrations: readonly Migration[] = [
  { name: 'lifecycle', up: lifecycle.up },
  { name: 'usage', up: usage.up },
  { name: 'draining', up: draining.up },
  { name: 'consoles', up: consoles.up },
  { name: 'retention', up: retention.up },
  { name: 'bulks', up: bulks.up },
  { name: 'disk', up: disk.up },
  { name: 'held-names', up: heldNames.up },
  { name: 'notifications', up: notifications.up },
  { name: 'conduct', up: conduct.up },
  { name: 'templates', up: templates.up },
  { name: 'clones', up: clones.up },
  { name: 'accounts', up: accounts.up },
  { name: 'audit', up: audit.up },
  { name: 'second-factor', up: secondFactor.up },
  { name: 'crash-loops', up: crashLoops.up },
  { name: 'identities', up: identities.up },
  { name: 'makers', up: makers.up },
];

/**
 * Runs what is pending.
 * @returns the path of the copy made before, or null when nothing was pending or there was nothing yet
 * @throws Fault `internal` when the database is of a later version than this program, or cannot be brought to this one's
 */
export async function migrate(
  db: Kysely<unknown>,
  dialect: Dialect,
  now: number,
  known: readonly Migration[] = migrations,
): Promise<string | null> {
  await db.schema
    .createTable('migrations')
    .ifNotExists()
    .modifyEnd(sql.raw(dialect.tableEnd))
    .addColumn('number', sql.raw(dialect.integer), (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('applied_at', sql.raw(dialect.integer), (c) => c.notNull())
    .execute();
  const latest = await latestOf(db);
  if (latest > known.length) {
    throw new Fault(
      'internal',
      `The database is of a later version of Mainstay (its tables are number ${latest}, this program knows ${known.length}). Start that version, or restore a copy from before it.`,
    );
  }
  if (latest === known.length) return null;
  const copy = latest === 0 ? null : await dialect.copyBefore(db, latest);
  await db.transaction().execute(async (transaction) => {
    for (const [at, { name, up }] of known.entries()) {
      const number = at + 1;
      if (number <= latest) continue;
      await up(transaction, dialect).catch((error: unknown) => {
        throw new Fault(
          'internal',
          `Its tables could not be brought to this version (number ${number}, ${name}): ${error instanceof Error ? error.message : String(error)}. It is as it was, of the version whose tables are number ${latest}: with that version of Mainstay it goes on.${copy === null ? '' : ` A copy of it is at ${copy}.`}`,
          { cause: error },
        );
      });
      await (transaction as unknown as Journal).insertInto('migrations').values({ number, name, applied_at: now }).execute();
    }
  });
  return copy;
}

/** @throws Fault when the tables are not this version's: only a manager that starts brings them there */
export async function refuseOtherTables(db: Kysely<unknown>): Promise<null> {
  const latest = await latestOf(db);
  if (latest === migrations.length) return null;
  throw new Fault(
    'internal',
    `The database has the tables of another version of Mainstay (number ${latest}, this program’s are ${migrations.length}). Start the manager of this version first.`,
  );
}

type Journal = Kysely<{ migrations: { number: number; name: string; applied_at: number } }>;

async function latestOf(db: Kysely<unknown>): Promise<number> {
  const applied = await (db as Journal)
    .selectFrom('migrations')
    .select((e) => e.fn.max('number').as('latest'))
    .executeTakeFirst();
  return Number(applied?.latest ?? 0);
}
