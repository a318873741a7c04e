// The order in which the list shows its servers now, for whoever moves along it: keys, and ranges.

import type { ServerId } from '@mainstay/core/id';

interface ShownList {
  readonly order: readonly ServerId[];
  /** Brings a server's row into view and gives it the focus. */
  readonly focus: (id: ServerId) => void;
}

let list: ShownList = { order: [], focus: () => undefined };

export function shownOrder(): readonly ServerId[] {
  return list.order;
}

/** The list says what it shows, as often as that changes. */
export function showsList(next: ShownList): void {
  list = next;
}

/** Where the focus is on its way to; a row that has to be drawn first takes a moment. */
let aim: ServerId | null = null;

export function aimedAt(): ServerId | null {
  return aim;
}

/** The focus has arrived, or will not. */
export function arrived(id: ServerId): void {
  if (aim === id) aim = null;
}

export function focusShown(id: ServerId): void {
  aim = id;
  list.focus(id);
}
