// The lines of a long list that are on the screen, and the room that the others take. The page itself scrolls, so that
// the browser's own keys, its search in the address and its place after "back" work as everywhere.

import type { ServerId } from '@mainstay/core/id';
import { useWindowVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { aimedAt, arrived, showsList } from './shown-order.ts';

/** Lines drawn beyond both edges: enough that a quick wheel meets no blank. */
const overscan = 12;
/** Frames to wait for a line that was just scrolled to. */
const patience = 20;

export interface LinesOptions {
  readonly keys: readonly string[];
  /** The servers of each line. */
  readonly serversAt: readonly (readonly ServerId[])[];
  /** How high a line is before it was measured, in px. */
  readonly estimate: (at: number) => number;
  readonly gap: number;
}

export interface Lines<Box extends HTMLElement> {
  readonly box: RefObject<Box | null>;
  readonly items: readonly VirtualItem[];
  readonly measure: (element: Element | null) => void;
  /** The room above and below what is drawn, in px. */
  readonly before: number;
  readonly after: number;
}

export function useLines<Box extends HTMLElement>({ keys, serversAt, estimate, gap }: LinesOptions): Lines<Box> {
  const box = useRef<Box>(null);
  const [margin, setMargin] = useState(0);
  // What stands above the list grows and shrinks with what needs attention.
  useLayoutEffect(() => {
    if (box.current) setMargin(Math.round(box.current.getBoundingClientRect().top + window.scrollY));
  });
  const virtualizer = useWindowVirtualizer<HTMLElement>({
    count: keys.length,
    estimateSize: estimate,
    overscan,
    gap,
    scrollMargin: margin,
    scrollPaddingStart: 96,
    scrollPaddingEnd: 96,
    getItemKey: (at) => keys[at] ?? at,
  });

  useEffect(() => {
    const places = new Map(serversAt.flatMap((ids, at) => ids.map((id) => [id, at] as const)));
    const focus = (id: ServerId, frames = patience) => {
      if (aimedAt() !== id) return;
      const link = box.current?.parentElement?.querySelector<HTMLElement>(`[data-server="${id}"] [data-open]`);
      if (link) {
        link.focus({ preventScroll: true });
        link.scrollIntoView({ block: 'nearest' });
      }
      if (link || frames === 0) {
        arrived(id);
        return;
      }
      if (frames === patience) virtualizer.scrollToIndex(places.get(id) ?? 0, { align: 'auto' });
      requestAnimationFrame(() => focus(id, frames - 1));
    };
    showsList({ order: [...places.keys()], focus });
    return () => showsList({ order: [], focus: () => undefined });
  }, [serversAt, virtualizer]);

  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  const measure = useCallback((element: Element | null) => virtualizer.measureElement(element as HTMLElement | null), [virtualizer]);
  return {
    box,
    items,
    measure,
    before: first ? Math.max(0, first.start - margin) : 0,
    after: last ? Math.max(0, virtualizer.getTotalSize() - (last.end - margin)) : 0,
  };
}
