// Data on another host, asked for through the manager: a few pieces on their way at a time, so that what else is said over the
// link never waits long. What was written is read back and held against the other host's checksum; a file that was cut short
// is gone on with.

import { lstat, open } from 'node:fs/promises';
import { Fault } from '@mainstay/core/fault';
import { createSlots, type Slots } from '@mainstay/core/slots';
import {
  type CopyAnswer,
  type CopyBegin,
  type CopyEntry,
  type CopyPage,
  type CopyPiece,
  type CopyQuestion,
  type CopySum,
  pieceBytes,
} from '@mainstay/wire/copies';
import { nullWhenAbsent } from '../durable.ts';
import { asItWas, bytesOf, type Facts } from './lent-directory.ts';
import { sha256Of, writeAll } from './pieces.ts';
import { type Content, type Source, type SourceDirectory, triesMost } from './source.ts';

/** A mebibyte on its way: over a line of 10 Mbit/s a stop waits for it a second. */
const piecesAtOnce = 4;

export type Ask = (question: CopyQuestion, signal: AbortSignal) => Promise<CopyAnswer>;

interface Asking {
  readonly signal: AbortSignal;
  begin(count: boolean): Promise<CopyBegin>;
  list(volume: string, path: string[], after: string | null): Promise<CopyPage>;
  read(volume: string, path: string[], offset: number): Promise<CopyPiece>;
  sum(volume: string, path: string[], length: number): Promise<CopySum>;
}

export function farSource(ask: Ask, signal: AbortSignal): Source {
  const asking = askingOf(ask, createSlots(piecesAtOnce), signal);
  return {
    begin: (count) => asking.begin(count),
    volume: async (name) => new FarDirectory(asking, name, []),
  };
}

function askingOf(ask: Ask, slots: Slots, signal: AbortSignal): Asking {
  const otherwise = (): never => {
    throw new Fault('internal', 'The other host answered something else than it was asked.');
  };
  const answer = (question: CopyQuestion) => slots.run(() => ask(question, signal));
  return {
    signal,
    begin: async (count) => {
      const answered = await answer({ ask: 'begin', count });
      return answered.of === 'begin' ? answered.begin : otherwise();
    },
    list: async (volume, path, after) => {
      const answered = await answer({ ask: 'list', volume, path, after });
      return answered.of === 'list' ? answered.page : otherwise();
    },
    read: async (volume, path, offset) => {
      const answered = await answer({ ask: 'read', volume, path, offset });
      return answered.of === 'read' ? answered.piece : otherwise();
    },
    sum: async (volume, path, length) => {
      const answered = await answer({ ask: 'sum', volume, path, length });
      return answered.of === 'sum' ? answered.sum : otherwise();
    },
  };
}

class FarDirectory implements SourceDirectory {
  readonly #asking: Asking;
  readonly #volume: string;
  readonly #path: string[];

  constructor(asking: Asking, volume: string, path: string[]) {
    this.#asking = asking;
    this.#volume = volume;
    this.#path = path;
  }

  async *entries(): AsyncGenerator<CopyEntry> {
    let after: string | null = null;
    do {
      const page: CopyPage = await this.#asking.list(this.#volume, this.#path, after);
      yield* page.entries;
      after = page.next;
    } while (after !== null);
  }

  async under(name: string): Promise<SourceDirectory> {
    return new FarDirectory(this.#asking, this.#volume, [...this.#path, name]);
  }

  async content(entry: CopyEntry, path: string, copied: (bytes: number) => void): Promise<Content | null> {
    const file = [...this.#path, entry.name];
    let told = 0;
    const tell = (upTo: number) => {
      copied(Math.max(0, upTo - told));
      told = Math.max(told, upTo);
    };
    // What stands there is of an earlier try: where it is no part of what the file is now, the checksum says so.
    let begun = await lengthAt(path);
    if (begun > entry.size) begun = 0;
    for (let tries = 1; ; tries += 1) {
      tell(begun);
      const written = await this.#write(entry, file, path, begun, tell);
      begun = 0;
      if (written === null) return null;
      const whole = await this.#isWhole(file, path, written);
      if (whole === 'gone') return null;
      const torn = !written.rested || whole === 'changed';
      if (whole !== 'differs' && (!torn || tries >= triesMost)) return { facts: { ...entry, ...written.facts }, torn, mode: null };
      if (tries >= triesMost) {
        throw new Fault(
          'copy-failed',
          `“${entry.name}” did not arrive as it was sent, ${triesMost} times in a row. Look at the hosts’ disks and memory.`,
        );
      }
    }
  }

  async close(): Promise<void> {}

  /** Writes what is behind `offset`. @returns the file as it was read; null: it is gone */
  async #write(entry: CopyEntry, file: string[], path: string, offset: number, tell: (upTo: number) => void): Promise<Written | null> {
    const to = await open(bytesOf(path), offset === 0 ? 'w' : 'r+', 0o600);
    const ahead: Promise<CopyPiece>[] = [];
    try {
      let rested = true;
      let facts: Pick<Facts, 'size' | 'modifiedMs'> = entry;
      let sha256: string | null = null;
      let asked = offset;
      let done = offset;
      do {
        this.#asking.signal.throwIfAborted();
        while (ahead.length === 0 || (ahead.length < piecesAtOnce && asked < facts.size)) {
          const reading = this.#asking.read(this.#volume, file, asked);
          reading.catch(() => undefined);
          ahead.push(reading);
          asked += pieceBytes;
        }
        const piece = (await ahead.shift()) ?? null;
        if (piece === null) return null;
        if (piece.data !== '') await writeAll(to, Buffer.from(piece.data, 'base64'), done);
        done += piece.length;
        tell(done);
        rested &&= asItWas(facts, piece);
        facts = { size: piece.size, modifiedMs: piece.modifiedMs };
        sha256 = piece.sha256;
        if (piece.length < pieceBytes) break;
      } while (done < facts.size);
      await to.truncate(done);
      return { facts: { size: done, modifiedMs: facts.modifiedMs }, length: done, rested, sha256: offset === 0 ? sha256 : null };
    } finally {
      await to.close();
    }
  }

  async #isWhole(file: string[], path: string, { facts, length, sha256 }: Written): Promise<'whole' | 'changed' | 'differs' | 'gone'> {
    const sum = sha256 === null ? await this.#asking.sum(this.#volume, file, length) : { sha256, ...facts };
    if (sum === null) return 'gone';
    const here = await open(bytesOf(path), 'r');
    try {
      const same = (await sha256Of(here, length, this.#asking.signal)) === sum.sha256;
      const changed = !asItWas(facts, sum);
      return changed ? 'changed' : same ? 'whole' : 'differs';
    } finally {
      await here.close();
    }
  }
}

interface Written {
  readonly facts: Pick<Facts, 'size' | 'modifiedMs'>;
  readonly length: number;
  /** Whether it was the same all the while. */
  readonly rested: boolean;
  readonly sha256: string | null;
}

/** How much of a file of an earlier try can be gone on with: one that has other names would be written through all of them. */
async function lengthAt(path: string): Promise<number> {
  const there = await lstat(bytesOf(path)).catch(nullWhenAbsent);
  return there?.isFile() && there.nlink === 1 ? there.size : 0;
}
