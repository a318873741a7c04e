// SQLite through `node:sqlite`, the embedded default: one file, WAL, every commit on disk before it is answered.
// The command line may write beside the manager; that only one manager runs on a file is the lock's business.

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Fault } from '@mainstay/core/fault';
import { CompiledQuery, type Driver, Kysely, type SqliteDatabase, SqliteDialect, SqliteDriver, type SqliteStatement } from 'kysely';
import { freePath } from './database-file.ts';
import { FileGuard, type Watching } from './file-guard.ts';
import { migrate, refuseOtherTables } from './migrate.ts';
import type { Tables } from './schema.ts';
import type { Dialect, Store } from './store.ts';

/** A write transaction takes the write lock as it begins, so that it never fails half way for having read first. */
class ImmediateDriver extends SqliteDriver {
  readonly #database: DatabaseSync;
  readonly #watching: Watching;
  constructor(database: DatabaseSync, adapted: SqliteDatabase, watching: Watching) {
    super({ database: adapted });
    this.#database = database;
    this.#watching = watching;
  }
  override async acquireConnection(): ReturnType<SqliteDriver['acquireConnection']> {
    const connection = await super.acquireConnection();
    const { refusal } = this.#watching;
    if (refusal === null) return connection;
    await super.releaseConnection();
    throw refusal;
  }
  /** Of a transaction that the disk did not take SQLite has already made nothing; what is told is why, and not that it is over. */
  override async rollbackTransaction(connection: Parameters<SqliteDriver['rollbackTransaction']>[0]): Promise<void> {
    if (this.#database.isTransaction) await super.rollbackTransaction(connection);
  }
  override async beginTransaction(connection: Parameters<SqliteDriver['beginTransaction']>[0]): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class NodeSqliteDialect extends SqliteDialect {
  readonly #driver: ImmediateDriver;
  constructor(driver: ImmediateDriver, database: SqliteDatabase) {
    super({ database });
    this.#driver = driver;
  }
  override createDriver(): Driver {
    return this.#driver;
  }
}

/** Statements kept compiled. The manager has fewer than this; ad-hoc ones push the oldest out. */
const statementsKept = 200;

/**
 * Pages that the log holds before they are brought into the database. More than SQLite's own thousand, because a storm of observations
 * writes the same pages again and again; not many more, because whoever writes the last of them waits for all to be brought in.
 */
const walPages = 4_000;
/** Of the database, kept in memory: the record of some ten thousand servers. */
const cacheKib = 16 * 1024;

/** What Kysely needs of a database, on `node:sqlite`. @param failed told of every statement that fails */
function adapt(database: DatabaseSync, failed: (error: unknown) => void): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare: (text) => {
      const known = kept.get(text);
      if (known) return known;
      const statement = adaptStatement(database.prepare(text), failed);
      kept.set(text, statement);
      if (kept.size > statementsKept) kept.delete(kept.keys().next().value ?? '');
      return statement;
    },
  };
}

function adaptStatement(statement: StatementSync, failed: (error: unknown) => void): SqliteStatement {
  const told = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      failed(error);
      throw error;
    }
  };
  // Asked once: it names every column, which costs more than most of our statements.
  let names = statement.columns().map(({ name }) => name);
  // The rows of one statement as objects of one shape, which `node:sqlite`'s own are not: they are read twice as fast.
  const rowOf = (values: readonly unknown[]): Record<string, unknown> => {
    if (values.length !== names.length) names = statement.columns().map(({ name }) => name);
    const row: Record<string, unknown> = {};
    for (let at = 0; at < names.length; at += 1) row[names[at] ?? ''] = values[at];
    return row;
  };
  statement.setReturnArrays(true);
  return {
    reader: names.length > 0,
    all: (parameters) => told(() => statement.all(...(parameters as SQLInputValue[])) as unknown as unknown[][]).map(rowOf),
    run: (parameters) => told(() => statement.run(...(parameters as SQLInputValue[]))),
    *iterate(parameters) {
      for (const values of statement.iterate(...(parameters as SQLInputValue[]))) yield rowOf(values as unknown as unknown[]);
    },
  };
}

/** What only SQLite does so. */
export function sqliteDialect(path: string): Dialect {
  return {
    integer: 'integer',
    real: 'real',
    tableEnd: 'strict',
    autoIncrement: (column) => column.autoIncrement(),
    appendOnly: (table) =>
      ['update', 'delete'].map(
        (verb) =>
          `create trigger ${table}_no_${verb} before ${verb} on ${table} begin select raise(abort, 'the ${table} table only grows'); end`,
      ),
    copyBefore: async (db, number) => {
      const copy = freePath(`${path}.before-${number + 1}`);
      await db.executeQuery(CompiledQuery.raw('vacuum into ?', [copy]));
      return copy;
    },
  };
}

const unwatched: Watching = { refusal: null, failed: () => undefined };

export function queriesOn(database: DatabaseSync, watching: Watching = unwatched): Kysely<Tables> {
  const adapted = adapt(database, (error) => watching.failed(error));
  return new Kysely<Tables>({ dialect: new NodeSqliteDialect(new ImmediateDriver(database, adapted, watching), adapted) });
}

/**
 * Opens the database at `path`.
 * @param options.create whether it may be made, and brought to this version's tables; without, a database that is not there or has
 * others is a fault: the command line must not change tables under a running manager
 */
export async function openSqlite(path: string, now: number, options: { create: boolean }): Promise<Store> {
  if (!options.create && !existsSync(path))
    throw new Fault('not-found', `There is no database at ${path}. Start the manager first, or set MAINSTAY_HOME.`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma trusted_schema = off;');
    database.exec(`pragma wal_autocheckpoint = ${walPages}; pragma cache_size = -${cacheKib};`);
    if (options.create) refuseDamaged(database);
    const guard = new FileGuard(database, path);
    const db = queriesOn(database, guard);
    const tables = db as unknown as Kysely<unknown>;
    const copiedTo = options.create ? await migrate(tables, sqliteDialect(path), now) : await refuseOtherTables(tables);
    return {
      db,
      transact: (work) => db.transaction().execute(work),
      exclusive: true,
      copiedTo,
      lost: guard.lost,
      close: () => {
        guard.stop();
        return db.destroy();
      },
    };
  } catch (error) {
    if (database.isOpen) database.close();
    if (error instanceof Fault) throw error;
    throw new Fault(
      'internal',
      `The database at ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}. It was left as it is; restore a copy, or move it away.`,
      { cause: error },
    );
  }
}

/** @throws when a page of it is not what it should be: a record with holes in it is not gone on with */
function refuseDamaged(database: DatabaseSync): void {
  const [found] = database.prepare('pragma quick_check(1)').all() as { quick_check: string }[];
  if (found?.quick_check !== 'ok') throw new Error(`it is damaged (${found?.quick_check ?? 'it cannot be checked'})`);
}
