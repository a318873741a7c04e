// The world that people build, kept in one file: `world.json` in the data directory.
// A save replaces the file whole (written aside, flushed, renamed), so that a crash at any moment leaves the old world or
// the new one. A file that cannot be read as a world is never written over: it is somebody's months of work.

import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Both bounds keep the file small enough to be written whole every few seconds.
const JOURNAL_LONGEST = 200;
const KINDS_OF_THINGS_MOST = 1000;

interface JournalEntry {
  /** Milliseconds UTC. */
  readonly at: number;
  readonly text: string;
}

interface WorldFile {
  readonly format: 1;
  readonly id: string;
  readonly createdAt: number;
  readonly boots: number;
  readonly things: readonly { readonly name: string; readonly count: number }[];
  readonly journal: readonly JournalEntry[];
}

/** The file is there but is not a world; it is left as it is. */
export class UnreadableWorld extends Error {}

export class World {
  readonly id: string;
  /** How many times this world has been opened, this time included. */
  readonly boots: number;
  readonly isNew: boolean;
  readonly #directory: string;
  readonly #now: () => number;
  readonly #createdAt: number;
  readonly #things: Map<string, number>;
  #journal: JournalEntry[];
  #changed = false;

  /** Opens the world in a directory, or makes a new one, and saves at once that it was opened. */
  constructor(directory: string, now: () => number) {
    mkdirSync(directory, { recursive: true });
    const file = readWorldFile(join(directory, 'world.json'));
    this.#directory = directory;
    this.#now = now;
    this.isNew = file === undefined;
    this.id = file?.id ?? randomUUID();
    this.boots = (file?.boots ?? 0) + 1;
    this.#createdAt = file?.createdAt ?? now();
    this.#things = new Map(file?.things.map(({ name, count }) => [name, count]));
    this.#journal = [...(file?.journal ?? [])];
    this.note(this.isNew ? 'the world began' : `boot ${this.boots}`);
    this.save();
  }

  get changed(): boolean {
    return this.#changed;
  }

  /** Adds one of a thing; returns how many there are now, or undefined when the world holds too many kinds of things. */
  build(thing: string, player: string): number | undefined {
    if (!this.#things.has(thing) && this.#things.size >= KINDS_OF_THINGS_MOST) return undefined;
    const count = (this.#things.get(thing) ?? 0) + 1;
    this.#things.set(thing, count);
    this.note(`${player} built ${thing}`);
    return count;
  }

  /** Writes a line into the journal; the oldest falls out when it is full. */
  note(text: string): void {
    this.#journal = [...this.#journal, { at: this.#now(), text }].slice(-JOURNAL_LONGEST);
    this.#changed = true;
  }

  /** "3 × tower, 1 × bridge", or "nothing yet". */
  listThings(): string {
    const things = [...this.#things].map(([name, count]) => `${count} × ${name}`);
    return things.join(', ') || 'nothing yet';
  }

  /** The whole world for a console, journal included, a line each. */
  describe(): string[] {
    return [
      `world ${this.id}`,
      `created ${new Date(this.#createdAt).toISOString()}, boot ${this.boots}`,
      `built: ${this.listThings()}`,
      ...this.#journal.map(({ at, text }) => `${new Date(at).toISOString()} ${text}`),
    ];
  }

  /** Throws what the file system says when the world cannot be written; it then still counts as changed. */
  save(): void {
    const file: WorldFile = {
      format: 1,
      id: this.id,
      createdAt: this.#createdAt,
      boots: this.boots,
      things: [...this.#things].map(([name, count]) => ({ name, count })),
      journal: this.#journal,
    };
    replaceFile(this.#directory, 'world.json', `${JSON.stringify(file, null, 2)}\n`);
    this.#changed = false;
  }
}

function replaceFile(directory: string, name: string, content: string): void {
  const written = join(directory, `${name}.new`);
  const file = openSync(written, 'w');
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(written, join(directory, name));
  // The rename itself is only durable once the directory is.
  const folder = openSync(directory, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function readWorldFile(path: string): WorldFile | undefined {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new UnreadableWorld(`${path} cannot be read (${String(error)})`);
  }
  const file = parseJson(content);
  if (!isWorldFile(file)) {
    throw new UnreadableWorld(`${path} is not a world of this server; it is left as it is`);
  }
  return file;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function isWorldFile(value: unknown): value is WorldFile {
  return (
    isRecord(value) &&
    value.format === 1 &&
    typeof value.id === 'string' &&
    Number.isSafeInteger(value.createdAt) &&
    Number.isSafeInteger(value.boots) &&
    Array.isArray(value.things) &&
    value.things.every((thing) => isRecord(thing) && typeof thing.name === 'string' && Number.isSafeInteger(thing.count)) &&
    Array.isArray(value.journal) &&
    value.journal.every((entry) => isRecord(entry) && Number.isSafeInteger(entry.at) && typeof entry.text === 'string')
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
