// `ensure-copied` and `drop-copied`: a server's directory becomes a whole copy of another server's. Cut short at any point, it is
// gone on with; whatever is not whole stands where no server looks for its data.

import { join } from 'node:path';
import { Fault } from '@mainstay/core/fault';
import type { EffectOf } from '@mainstay/wire/link';
import type { Copied } from '@mainstay/wire/operations';
import { readCopied, writeCopied } from '../copy/copied.ts';
import { farSource } from '../copy/far-source.ts';
import { Lender } from '../copy/lender.ts';
import { namesOf } from '../copy/lent-directory.ts';
import { ownSource } from '../copy/own-source.ts';
import { dropStagings, noRoom, openStaging, place, placeTaken, refuseFull, sharesBlocks } from '../copy/staging.ts';
import { writeTree } from '../copy/tree-writer.ts';
import { errorCode, messageOf } from '../durable.ts';
import { writeInstalled } from '../installed.ts';
import { writeMarker } from '../marker.ts';
import { createNewest } from '../newest.ts';
import { volumesDirectory } from '../volumes.ts';
import { type Done, done, type Step } from './step.ts';

type Effect = EffectOf<'ensure-copied'>;

const reportEveryMs = 250;
/** So many more bytes, and the disk's room is looked at again: others fill it too. */
const roomEveryBytes = 256 * 1024 ** 2;

/** A request whose asker is gone still copies: the one that comes after it ends it, and goes on. */
const newest = createNewest();

export function ensureCopied(step: Step, effect: Effect): Promise<Done> {
  return newest.run(keyOf(step), step.signal, async (signal) => {
    try {
      return { copied: await copy({ ...step, signal }, effect) };
    } catch (error) {
      throw signal.aborted
        ? new Fault('cancelled', 'It was cancelled, or a newer request took its place.', { cause: error })
        : explained(error);
    }
  });
}

export function dropCopied(step: Step, _effect: EffectOf<'drop-copied'>): Promise<Done> {
  return newest.run(keyOf(step), step.signal, async () => {
    await dropStagings(step.root, step.serverId);
    return done;
  });
}

const keyOf = ({ data, serverId }: Step): string => data.directory(serverId);

async function copy(step: Step, effect: Effect): Promise<Copied> {
  const { data, serverId, root, clock, installationId } = step;
  const { from, operationId, live, remote } = effect;
  const directory = data.directory(serverId);
  const made = await readCopied(directory);
  if (made?.operationId === operationId) return made.copied;
  if (await data.isThere(serverId)) throw placeTaken(directory);

  const copied: Copied = { bytes: 0, files: 0, leftOut: 0, torn: 0 };
  const watching = new Watching(step, copied);
  const { signal } = watching;
  try {
    const source = remote
      ? farSource((question) => step.askManager(operationId, question, signal), signal)
      : ownSource(new Lender(step, from), signal);
    const begun = await source.begin(effect.bytes === null);
    if (!live && begun.running.now) throw startedMeanwhile();
    const staging = await openStaging(root, serverId, operationId);
    watching.total = effect.bytes ?? begun.bytes;
    const shared = !remote && (await sharesBlocks(data.directory(from), staging.path));
    if (!shared && !staging.again) await refuseFull(root, watching.total);
    // One that ran in between may have written what had been copied already.
    const rested = async () => {
      const { running } = await source.begin(false);
      if (!live && (running.now || running.startedAt !== begun.running.startedAt)) throw startedMeanwhile();
    };
    watching.begin(!shared);
    for (const { name, root: facts } of begun.volumes) {
      const volume = await source.volume(name);
      const into = namesOf(join(volumesDirectory(staging.path), name));
      await writeTree(volume, facts, into, { signal, again: staging.again, live, copied }).catch(async (error: unknown) => {
        if (error instanceof Fault && error.code === 'copy-failed') await rested();
        throw error;
      });
    }
    await rested();

    const volumes = Object.fromEntries(begun.volumes.map(({ name, hadContent }) => [name, { hadContent, sameFileSystem: true }]));
    await writeMarker(staging.path, { serverId, installationId, rootId: root.rootId, volumes });
    // What an install script has put there came along.
    if (begun.installed) await writeInstalled(staging.path, { operationId, at: clock.now(), failure: null });
    await writeCopied(staging.path, { operationId, at: clock.now(), copied });
    signal.throwIfAborted();
    await place(root, serverId, staging.path);
    return copied;
  } finally {
    watching.end();
  }
}

const startedMeanwhile = (): Fault =>
  new Fault(
    'copy-failed',
    'The server whose data is copied was started outside Mainstay meanwhile: the copy would not be whole. Clone it again.',
  );

/** Tells of what is written, and ends the copying before the disk is full. */
class Watching {
  readonly signal: AbortSignal;
  total = 0;
  readonly #step: Step;
  readonly #copied: Copied;
  readonly #full = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  #takesRoom = true;

  constructor(step: Step, copied: Copied) {
    this.#step = step;
    this.#copied = copied;
    this.signal = AbortSignal.any([step.signal, this.#full.signal]);
  }

  /** @param takesRoom not so where the file system shares blocks */
  begin(takesRoom: boolean): void {
    this.#takesRoom = takesRoom;
    this.#timer = setInterval(() => this.#look(), reportEveryMs);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { bytes, files } = this.#copied;
    this.#step.report({ done: bytes, total: Math.max(this.total, bytes), unit: 'bytes', files });
    if (!this.#takesRoom || bytes - this.#lookedAt < roomEveryBytes) return;
    this.#lookedAt = bytes;
    refuseFull(this.#step.root, 0).catch((error: unknown) => this.#full.abort(error));
  }
}

function explained(error: unknown): unknown {
  const code = errorCode(error);
  if (error instanceof Fault || code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return noRoom();
  return new Fault('copy-failed', `The data could not be copied: ${messageOf(error)}.`, { cause: error });
}
