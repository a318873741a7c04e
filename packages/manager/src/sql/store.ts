// The store: the port behind which the record lives, whatever the database. Queries are Kysely's, written once; a
// dialect holds only what differs between databases.

import type { Fault } from '@mainstay/core/fault';
import type { ColumnDefinitionBuilder, Kysely, Transaction } from 'kysely';
import type { Tables } from './schema.ts';

/** Either the database or a transaction in it: for reads that serve both. */
export type Reader = Kysely<Tables>;
export type Writer = Transaction<Tables>;

export interface Store {
  readonly db: Reader;
  /** Runs `work` in one write transaction: all of it or nothing. Inside, ask only the writer. */
  transact<T>(work: (writer: Writer) => Promise<T>): Promise<T>;
  /** Whether no other manager can use this database at the same time, so that leases found at start are a dead manager's. */
  readonly exclusive: boolean;
  /** Where the database was copied to before its tables were brought to this version's, as it was opened; null: they were so already. */
  readonly copiedTo: string | null;
  /**
   * Why it can be used no more, told once: its file was taken away under it, say, or is damaged. From then on nothing is written.
   * What was written until then is saved, where that can be done; the fault says where, and what to do.
   */
  readonly lost: Promise<Fault>;
  close(): Promise<void>;
}

export interface Dialect {
  /** The column type for 64-bit integers. */
  readonly integer: string;
  /** The column type for 64-bit floating point. */
  readonly real: string;
  /** What stands behind a table's closing bracket. */
  readonly tableEnd: string;
  autoIncrement(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** Statements that keep rows of a table from being changed or removed. */
  appendOnly(table: string): string[];
  /** Makes a copy of the database of version `number`; returns where. */
  copyBefore(db: Kysely<unknown>, number: number): Promise<string>;
}
