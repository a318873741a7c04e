// Writes a copy of a directory: whatever its source is, many files side by side, links as links, several names of one file as
// such again. What an earlier try has left whole is kept: a file is whole once it has its source's time, which it gets last.

import type { Stats } from 'node:fs';
import { chmod, lchown, link, lstat, lutimes, mkdir, opendir, rmdir, symlink, unlink, utimes } from 'node:fs/promises';
import { Fault } from '@mainstay/core/fault';
import { createSlots, type Slots } from '@mainstay/core/slots';
import type { CopyEntry } from '@mainstay/wire/copies';
import type { Copied } from '@mainstay/wire/operations';
import { errorCode, nullWhenAbsent } from '../durable.ts';
import { asItWas, bytesOf, type Facts, factsOf } from './lent-directory.ts';
import type { SourceDirectory } from './source.ts';

/** Enough to keep a disk busy; few enough that whoever looks meanwhile does not wait. */
const filesAtOnce = 16;

export interface Writing {
  readonly signal: AbortSignal;
  /** Whether an earlier try has begun here. */
  readonly again: boolean;
  /** Whether files may change meanwhile: then one that does not rest is counted, else it is an error. */
  readonly live: boolean;
  /** Counts up as it goes. */
  readonly copied: Copied;
}

/** @param into where it is to be, a path of names as bytes; its parent is there */
export function writeTree(from: SourceDirectory, facts: Facts, into: string, writing: Writing): Promise<void> {
  return new TreeWriter(writing).write(from, facts, into);
}

class TreeWriter {
  readonly #writing: Writing;
  readonly #slots: Slots = createSlots(filesAtOnce);
  readonly #signal: AbortSignal;
  /** Ends everything else when one thing fails. */
  readonly #failing = new AbortController();
  #failure: unknown;
  /** Where the first name of a file that has several is, once it is written. */
  readonly #shared = new Map<string, Promise<string | null>>();

  constructor(writing: Writing) {
    this.#writing = writing;
    this.#signal = AbortSignal.any([writing.signal, this.#failing.signal]);
  }

  async write(from: SourceDirectory, facts: Facts, into: string): Promise<void> {
    const whole = new Tally();
    await this.#directory(from, facts, into, whole);
    await whole.end();
    if (this.#failing.signal.aborted) throw this.#failure;
    this.#signal.throwIfAborted();
  }

  /** Lists a directory and has its files written; it is finished once all that is in it is, which `above` waits for. */
  async #directory(from: SourceDirectory, facts: Facts, into: string, above: Tally): Promise<void> {
    const whole = new Tally();
    const kept = this.#writing.again ? new Set<string>() : null;
    try {
      await makeDirectory(into);
      for await (const entry of from.entries()) {
        if (this.#signal.aborted) break;
        kept?.add(entry.name);
        const path = `${into}/${entry.name}`;
        if (entry.kind === 'directory') {
          const under = await from.under(entry.name);
          if (under) await this.#directory(under, entry, path, whole);
          else kept?.delete(entry.name);
        } else {
          await this.#slots.take();
          whole.add(this.#entry(from, entry, path).finally(() => this.#slots.give()));
        }
      }
    } catch (error) {
      this.#fail(error);
    }
    above.add(
      whole.end().then(async () => {
        await from.close();
        if (this.#signal.aborted) return;
        if (kept) await removeOthers(into, kept);
        const { uid, gid } = await lstat(bytesOf(into));
        await finish(into, facts, { uid, gid, mode: null });
      }),
      (error) => this.#fail(error),
    );
  }

  async #entry(from: SourceDirectory, entry: CopyEntry, path: string): Promise<void> {
    try {
      if (this.#signal.aborted) return;
      if (entry.kind === 'other') this.#writing.copied.leftOut += 1;
      else if (entry.kind === 'link') await this.#link(entry, path);
      else if (entry.shared !== null) await this.#sharedFile(from, entry, entry.shared, path);
      else await this.#file(from, entry, path);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #link(entry: CopyEntry, path: string): Promise<void> {
    await this.#clear(path);
    await symlink(bytesOf(entry.to ?? ''), bytesOf(path));
    await finish(path, entry, ours);
  }

  async #sharedFile(from: SourceDirectory, entry: CopyEntry, shared: string, path: string): Promise<void> {
    const first = this.#shared.get(shared);
    if (first === undefined) {
      const writing = this.#file(from, entry, path).then((there) => (there ? path : null));
      writing.catch(() => undefined);
      this.#shared.set(shared, writing);
      await writing;
      return;
    }
    const there = await first;
    if (there === null) return;
    await this.#clear(path);
    await link(bytesOf(there), bytesOf(path));
    this.#writing.copied.files += 1;
  }

  /** @returns whether it is there */
  async #file(from: SourceDirectory, entry: CopyEntry, path: string): Promise<boolean> {
    const there = await this.#left(path);
    if (there && isWhole(there, entry)) {
      this.#writing.copied.bytes += entry.size;
    } else {
      // What has another name too would be written through it.
      if (there && (!there.isFile() || there.nlink > 1)) await removeTree(path);
      const read = await from.content(entry, path, (bytes) => {
        this.#writing.copied.bytes += bytes;
      });
      if (read === null) {
        await removeTree(path);
        return false;
      }
      if (read.torn && !this.#writing.live) {
        throw new Fault(
          'copy-failed',
          `“${entry.name}” was written to again and again while it was copied, though its server rests. Find out what writes there, and clone again.`,
        );
      }
      if (read.torn) this.#writing.copied.torn += 1;
      await finish(path, { ...entry, modifiedMs: read.facts.modifiedMs }, { ...ours, mode: read.mode });
    }
    this.#writing.copied.files += 1;
    return true;
  }

  async #left(path: string): Promise<Stats | null> {
    return this.#writing.again ? lstat(bytesOf(path)).catch(nullWhenAbsent) : null;
  }

  async #clear(path: string): Promise<void> {
    if (await this.#left(path)) await removeTree(path);
  }

  #fail(error: unknown): void {
    if (this.#failing.signal.aborted) return;
    this.#failure = error;
    this.#failing.abort(error);
  }
}

/** Things that are waited for together, more of which may come until it ends. None of them rejects. */
class Tally {
  #left = 1;
  readonly #ended = Promise.withResolvers<void>();

  add(work: Promise<void>, failed: (error: unknown) => void = () => undefined): void {
    this.#left += 1;
    void work.catch(failed).then(() => this.#one());
  }

  /** Nothing more comes. @returns resolves when everything is done */
  end(): Promise<void> {
    this.#one();
    return this.#ended.promise;
  }

  #one(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#ended.resolve();
  }
}

function isWhole(there: Stats, entry: CopyEntry): boolean {
  const facts = factsOf(there, null);
  return facts.kind === 'file' && there.nlink === 1 && asItWas(facts, entry) && sameOwner(there, entry) && facts.mode === entry.mode;
}

const sameOwner = (there: Owner, { uid, gid }: Facts): boolean => there.uid === uid && there.gid === gid;

/** Owner before mode, which a change of owner would cut; the time last, for it says that all is there. */
async function finish(path: string, facts: Facts, made: Made): Promise<void> {
  const bytes = bytesOf(path);
  const seconds = facts.modifiedMs / 1000;
  const given = !sameOwner(made, facts);
  if (given) await lchown(bytes, facts.uid, facts.gid).catch(unlessNotAllowed);
  if (facts.kind === 'link') return lutimes(bytes, seconds, seconds);
  if (given || made.mode !== facts.mode) await chmod(bytes, facts.mode);
  await utimes(bytes, seconds, seconds);
}

type Owner = Pick<Stats, 'uid' | 'gid'>;
/** As something was made; a mode that is null counts for nothing. */
type Made = Owner & { readonly mode: number | null };

/** Whose what we make is, until it is given to whom it belongs. */
const ours: Made = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, mode: null };

function unlessNotAllowed(error: unknown): never {
  if (errorCode(error) !== 'EPERM') throw error;
  throw new Fault('copy-failed', 'Files cannot be given to the users that have them: the host’s agent does not run as root.');
}

async function makeDirectory(path: string): Promise<void> {
  const there = await lstat(bytesOf(path)).catch(nullWhenAbsent);
  if (there?.isDirectory()) return;
  if (there) await removeTree(path);
  await mkdir(bytesOf(path), 0o700);
}

/** What an earlier try has written and the source does not have any more goes. */
async function removeOthers(path: string, kept: ReadonlySet<string>): Promise<void> {
  for await (const { name } of await opendir(bytesOf(path), { encoding: 'latin1' })) {
    if (!kept.has(name)) await removeTree(`${path}/${name}`);
  }
}

async function removeTree(path: string): Promise<void> {
  const there = await lstat(bytesOf(path)).catch(nullWhenAbsent);
  if (there === null) return;
  if (!there.isDirectory()) return unlink(bytesOf(path));
  for await (const { name } of await opendir(bytesOf(path), { encoding: 'latin1' })) await removeTree(`${path}/${name}`);
  await rmdir(bytesOf(path));
}
