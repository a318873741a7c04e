// Watches over the database while it is open: whether its file is still the one at its path, and whether what is read from it is
// whole. When it is not, no more is written, what there is is saved where that can be done, and it is told what to do.

import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '@mainstay/core/fault';
import { fileAt, freePath } from './database-file.ts';

/** Between looks whether the open file is still the one at its path. */
const lookEveryMs = 1_000;

/** What is told of a database's file, and what that leads to. */
export interface Watching {
  /** Why nothing may be asked any more; null: it may. */
  readonly refusal: Fault | null;
  /** A statement failed. */
  failed(error: unknown): void;
}

/** SQLITE_CORRUPT, SQLITE_NOTADB. */
const damages: ReadonlySet<number> = new Set([11, 26]);
/** SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN: nothing came of the transaction, and the next one may succeed. */
const unwritable: ReadonlySet<number> = new Set([8, 10, 13, 14]);

/** SQLite's primary result code; null: it is no error of SQLite's. */
function sqliteCode(error: unknown): number | null {
  const { code, errcode } = error as { code?: string; errcode?: number };
  return code === 'ERR_SQLITE_ERROR' && errcode !== undefined ? errcode & 0xff : null;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What a write that the disk did not take means; null: it was something else. */
export function unwritableFault(error: unknown): Fault | null {
  const code = sqliteCode(error);
  if (code === null || !unwritable.has(code)) return null;
  return new Fault(
    'record-unwritable',
    `The manager cannot write its record: ${messageOf(error)}. Nothing was changed. See to the disk beneath its database, then ask again.`,
    { cause: error },
  );
}

/** Looks whether the file that is open is the one at its path, for what is written into another is nowhere to be found again. */
export class FileGuard implements Watching {
  readonly lost: Promise<Fault>;
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #opened: string | null | undefined;
  readonly #timer: NodeJS.Timeout;
  #refusal: Fault | null = null;
  #tell: (fault: Fault) => void = () => undefined;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#opened = fileAt(path);
    this.lost = new Promise((resolve) => {
      this.#tell = resolve;
    });
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
  }

  get refusal(): Fault | null {
    return this.#refusal;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** What is read from a damaged file is not to be believed, and nothing is written on top of it. */
  failed(error: unknown): void {
    const damage = sqliteCode(error);
    if (this.#refusal !== null || damage === null || !damages.has(damage)) return;
    this.#end(
      `The database ${this.#path} is damaged (${messageOf(error)}). It was left as it is: put a copy of it in its place, then start the manager.`,
    );
  }

  #look(): void {
    const now = fileAt(this.#path);
    // A disk that does not say is no file that is gone; and a transaction under way ends first, the next look is soon.
    if (!this.#database.isOpen || this.#database.isTransaction || now === undefined || now === this.#opened) return;
    this.#end(`The database ${this.#path} was moved away or removed while it was in use. ${this.#save()}`);
  }

  #end(toDo: string): void {
    this.stop();
    this.#refusal = new Fault(
      'shutting-down',
      'The manager’s database cannot be used any more, and the manager stops. Its log says what to do.',
    );
    this.#tell(new Fault('internal', toDo));
  }

  /** @returns what became of what it held */
  #save(): string {
    const copy = freePath(`${this.#path}.saved`);
    try {
      this.#database.prepare('vacuum into ?').run(copy);
      return `All that it held is saved in ${copy}: move that to ${this.#path}, then start the manager.`;
    } catch (error) {
      return `What it held could not be saved (${messageOf(error)}): put it back, or a copy of it.`;
    }
  }
}
