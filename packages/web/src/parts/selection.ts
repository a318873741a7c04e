// Which servers are chosen, for doing one thing to many. Kept beside the list, not in it: choosing one draws one row
// again, and the choice outlives scrolling, filtering and the row itself.

import type { ServerId } from '@mainstay/core/id';
import { useSyncExternalStore } from 'react';

let chosen: ReadonlySet<ServerId> = new Set();
/** Where a range begins: the one that was chosen, or let go, last. */
let anchor: ServerId | null = null;
const listeners = new Set<() => void>();

function become(next: ReadonlySet<ServerId>): void {
  chosen = next;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSelection(): ReadonlySet<ServerId> {
  return useSyncExternalStore(listen, () => chosen);
}

export function useIsSelected(id: ServerId): boolean {
  return useSyncExternalStore(listen, () => chosen.has(id));
}

/** Chooses one, or lets it go. */
export function toggleSelected(id: ServerId): void {
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  anchor = id;
  become(next);
}

/** All between the last one chosen and `id`, in the order shown, become what `id` becomes. */
export function toggleRange(order: readonly ServerId[], id: ServerId): void {
  const from = anchor === null ? -1 : order.indexOf(anchor);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) {
    toggleSelected(id);
    return;
  }
  const next = new Set(chosen);
  const choose = !chosen.has(id);
  for (const each of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (choose) next.add(each);
    else next.delete(each);
  }
  anchor = id;
  become(next);
}

export function select(ids: Iterable<ServerId>): void {
  become(new Set(ids));
}

export function clearSelection(): void {
  anchor = null;
  if (chosen.size > 0) become(new Set());
}
