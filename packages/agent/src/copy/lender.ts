// A server whose data is copied, as this host gives it out: only where its marker says that it is that server's and this
// installation's, and only what is in its volumes.

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { bodyAmong, labels } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { InstallationId, ServerId } from '@mainstay/core/id';
import type { Known } from '@mainstay/core/known';
import {
  type CopyAnswer,
  type CopyBegin,
  type CopyPage,
  type CopyPiece,
  type CopyQuestion,
  type CopySum,
  pageEntries,
  pieceBytes,
} from '@mainstay/wire/copies';
import type { Data } from '../data.ts';
import type { Engine } from '../engine.ts';
import { meaningOf } from '../engine-states.ts';
import { readInstalled } from '../installed.ts';
import { diskBytes } from '../size.ts';
import { type Facts, factsOf, LentDirectory } from './lent-directory.ts';
import { isZero, sha256Of } from './pieces.ts';

export interface LendingWorld {
  readonly installationId: InstallationId;
  readonly engine: Engine;
  readonly data: Data;
  readonly known: Known;
}

export class Lender {
  readonly #world: LendingWorld;
  readonly #serverId: ServerId;

  constructor(world: LendingWorld, serverId: ServerId) {
    this.#world = world;
    this.#serverId = serverId;
  }

  /** @throws Fault `data-missing`, `data-foreign` when there is no sound data to copy */
  async begin(count: boolean, signal: AbortSignal): Promise<CopyBegin> {
    const { data } = this.#world;
    const { refusal } = await data.look(this.#serverId);
    if (refusal) throw new Fault(refusal.code, refusal.detail);
    const marker = await data.owned(this.#serverId);
    const volumes = await Promise.all(
      Object.entries(marker.volumes).map(async ([name, { hadContent }]) => ({ name, hadContent, root: await this.#root(name) })),
    );
    const directory = data.directory(this.#serverId);
    return {
      running: await this.#running(),
      bytes: count ? await diskBytes(directory, signal) : 0,
      installed: (await readInstalled(directory))?.failure === null,
      volumes,
    };
  }

  volume(name: string): Promise<LentDirectory> {
    return LentDirectory.open(this.#world.data.volumePath(this.#serverId, name));
  }

  async answer(question: CopyQuestion, signal: AbortSignal): Promise<CopyAnswer> {
    if (question.ask === 'begin') return { of: 'begin', begin: await this.begin(question.count, signal) };
    await this.#world.data.owned(this.#serverId);
    switch (question.ask) {
      case 'list':
        return { of: 'list', page: await this.#page(question) };
      case 'read':
        return { of: 'read', piece: await this.#inFile(question, (file) => pieceOf(file, question.offset)) };
      case 'sum':
        return { of: 'sum', sum: await this.#inFile(question, (file) => sumOf(file, question.length, signal)) };
    }
  }

  async #root(name: string): Promise<Facts> {
    const directory = await this.volume(name);
    try {
      return await directory.facts();
    } finally {
      await directory.close();
    }
  }

  async #running(): Promise<CopyBegin['running']> {
    const { engine, installationId, known } = this.#world;
    const containers = await engine.list({ [labels.installation]: installationId, [labels.server]: this.#serverId });
    const body = bodyAmong(containers, known.recorded(this.#serverId));
    const seen = body && (await engine.inspect(body.id));
    return { now: seen ? meaningOf(seen.state) === 'running' : false, startedAt: seen?.startedAt ?? null };
  }

  /** The names that come first behind `after`: whatever a directory holds, no more than a page is kept. */
  async #page({ volume, path, after }: Extract<CopyQuestion, { ask: 'list' }>): Promise<CopyPage> {
    return (
      (await this.#in(volume, path, async (directory) => {
        let first: string[] = [];
        const keep = () => {
          first = first.sort().slice(0, pageEntries + 1);
        };
        for await (const name of directory.names()) {
          if (after !== null && name <= after) continue;
          first.push(name);
          if (first.length > pageEntries * 2) keep();
        }
        keep();
        const more = first.length > pageEntries;
        const names = first.slice(0, pageEntries);
        return { entries: await directory.seen(names), next: more ? (names.at(-1) ?? null) : null };
      })) ?? { entries: [], next: null }
    );
  }

  #inFile<T>({ volume, path }: { volume: string; path: readonly string[] }, work: (file: FileHandle) => Promise<T>): Promise<T | null> {
    const name = path.at(-1);
    if (name === undefined) throw new Fault('invalid-request', 'That names no file.');
    return this.#in(volume, path.slice(0, -1), async (directory) => {
      const file = await directory.file(name);
      if (file === null) return null;
      try {
        return await work(file.handle);
      } finally {
        await file.handle.close();
      }
    });
  }

  async #in<T>(volume: string, path: readonly string[], work: (directory: LentDirectory) => Promise<T>): Promise<T | null> {
    const top = await this.volume(volume);
    try {
      const found = await top.below(path);
      if (found === null) return null;
      try {
        return await work(found);
      } finally {
        if (found !== top) await found.close();
      }
    } finally {
      await top.close();
    }
  }
}

async function pieceOf(file: FileHandle, offset: number): Promise<CopyPiece> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, offset);
  const { size, modifiedMs, sparse } = factsOf(await file.stat(), null);
  const piece = buffer.subarray(0, bytesRead);
  return {
    data: sparse && isZero(buffer, bytesRead) ? '' : piece.toString('base64'),
    length: bytesRead,
    size,
    modifiedMs,
    sha256: offset === 0 && bytesRead >= size ? createHash('sha256').update(piece).digest('hex') : null,
  };
}

async function sumOf(file: FileHandle, length: number, signal: AbortSignal): Promise<CopySum> {
  const sha256 = await sha256Of(file, length, signal);
  const { size, modifiedMs } = factsOf(await file.stat(), null);
  return { sha256, size, modifiedMs };
}
