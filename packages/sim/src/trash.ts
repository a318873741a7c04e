// What a simulated host keeps of servers that were purged: their directories in its trash, and archives made of them.

import { Fault } from '@mainstay/core/fault';
import type { OperationId, ServerId } from '@mainstay/core/id';
import type { KeptRecord, ResultOf } from '@mainstay/wire/link';
import { bytesOf, type Directory } from './directory.ts';
import type { Clock } from './world.ts';

const dayMs = 24 * 60 * 60 * 1000;

interface Trashed {
  readonly serverId: ServerId;
  readonly directory: Directory;
  readonly record: KeptRecord;
  readonly movedAt: number;
}

export class Trash {
  /** Days that something stays; null: until somebody removes it, as long as no manager has said otherwise. */
  days: number | null = null;
  readonly #clock: Clock;
  readonly #items = new Map<string, Trashed>();
  readonly #archives = new Map<string, ResultOf<'host.trash'>['archives'][number]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(id: string): boolean {
    return this.#items.has(id);
  }

  put(serverId: ServerId, directory: Directory, record: KeptRecord): void {
    const movedAt = this.#clock.now();
    this.#items.set(`${serverId}.${movedAt}`, { serverId, directory, record, movedAt });
  }

  /** Takes something out of it; null when it is not there any more. @throws Fault `invalid-request` when it is another server's */
  take(id: string, serverId: ServerId): Directory | null {
    if (!id.startsWith(`${serverId}.`)) throw new Fault('invalid-request', 'It is another server’s data.');
    const item = this.#items.get(id);
    this.#items.delete(id);
    return item?.directory ?? null;
  }

  list(): ResultOf<'host.trash'> {
    const items = [...this.#items].map(([id, { serverId, directory, record, movedAt }]) => {
      return { id, serverId, name: record.spec.name, bytes: bytesOf(directory), movedAt };
    });
    return { days: this.days, items: items.reverse(), archives: [...this.#archives.values()].reverse() };
  }

  /** Bytes of what lies in it, and of the archives. */
  get bytes(): { readonly trash: number; readonly archives: number } {
    const { items, archives } = this.list();
    const sum = (kept: readonly { bytes: number | null }[]) => kept.reduce((bytes, each) => bytes + (each.bytes ?? 0), 0);
    return { trash: sum(items), archives: sum(archives) };
  }

  /** The record beside data in the trash; null: there is none. */
  record(id: string): KeptRecord | null {
    return this.#items.get(id)?.record ?? null;
  }

  /** Removes one thing for good; nothing to do when it is gone. */
  empty(id: string): void {
    this.#items.delete(id);
  }

  /** Removes what was there for long enough. */
  emptyWhatIsDue(): void {
    if (this.days === null) return;
    const before = this.#clock.now() - this.days * dayMs;
    for (const [id, { movedAt }] of this.#items) if (movedAt <= before) this.#items.delete(id);
  }

  /** Makes an archive of a directory; nothing to do when this operation's is there. */
  archive(serverId: ServerId, operationId: OperationId, directory: Directory): void {
    const id = `${serverId}.${operationId}.tar.gz`;
    if (this.#archives.has(id)) return;
    const name = directory.manifest?.spec.name ?? null;
    this.#archives.set(id, { id, serverId, name, bytes: bytesOf(directory), madeAt: this.#clock.now() });
  }

  removeArchive(id: string): void {
    this.#archives.delete(id);
  }
}
