// What this host keeps of servers that were purged, and for how long: as its own setting says, else as the manager does.

import type { EndsSeen } from '@mainstay/core/retention';
import type { KeptRecord, ResultOf } from '@mainstay/wire/link';
import { listArchives, removeArchive } from './archive.ts';
import type { Clock } from './clock.ts';
import { type DataRoot, rootTrouble } from './root.ts';
import { emptyOne, emptyTrash, listTrash, type RefuseInUse, recordInTrash } from './trash.ts';

/** Counting what is kept may take as long as a person waits for a list; what was not counted by then has no size. */
const countWithinMs = 4_000;

export class Keeping {
  readonly #root: DataRoot;
  readonly #clock: Clock;
  readonly #own: number | null;
  readonly #refuse: RefuseInUse;
  /** Until the manager has said how long, nothing is emptied. */
  #told: number | null = null;
  #seen: EndsSeen<string> | null = null;

  /** @param own days that this host's own setting says; null: as the manager says */
  constructor(root: DataRoot, clock: Clock, own: number | null, refuse: RefuseInUse) {
    this.#refuse = refuse;
    this.#root = root;
    this.#clock = clock;
    this.#own = own;
  }

  /** Days that something stays in the trash; null: until somebody empties it. */
  get days(): number | null {
    return this.#own ?? this.#told;
  }

  /** The manager says how long. */
  tell(days: number | null): void {
    // What was seen to be due was so by the days before.
    if (days !== this.#told) this.#seen = null;
    this.#told = days;
  }

  async list(): Promise<ResultOf<'host.trash'>> {
    const signal = AbortSignal.timeout(countWithinMs);
    const [items, archives] = await Promise.all([listTrash(this.#root, signal), listArchives(this.#root)]);
    return { days: this.days, items, archives };
  }

  record(id: string): Promise<KeptRecord | null> {
    return recordInTrash(this.#root, id);
  }

  empty(id: string): Promise<void> {
    return emptyOne(this.#root, id, this.#refuse);
  }

  removeArchive(id: string): Promise<void> {
    return removeArchive(this.#root, id);
  }

  /** Removes what was there for long enough. @returns what could not be removed, with why */
  async emptyWhatIsDue(): Promise<{ name: string; error: unknown }[]> {
    if (this.days === null || (await rootTrouble(this.#root)) !== null) return [];
    const now = { wall: this.#clock.now(), running: this.#clock.running() };
    const { seen, failed } = await emptyTrash(this.#root, now, this.days, this.#seen, this.#refuse);
    this.#seen = seen;
    return failed;
  }
}
