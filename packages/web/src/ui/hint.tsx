// A hint beside what is hovered or focused, one for the whole page: thousands of buttons share it and cost nothing until
// then. It can be pointed at, stays while it is, and goes with Escape (WCAG 1.4.13). For eyes only: who uses it gives
// screen readers the same words.

import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';

interface Shown {
  readonly anchor: Element;
  readonly words: string;
  readonly place: Place;
}

/** Above what it is about; before it where its neighbours stand above, as in a menu. */
type Place = 'above' | 'before';

const showAfterMs = 250;
/** Long enough to move from what it is about onto the hint itself. */
const hideAfterMs = 120;
const gap = 6;
const edge = 8;

let shown: Shown | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function become(next: Shown | null): void {
  clearTimeout(timer);
  if (next === shown) return;
  shown = next;
  for (const listener of listeners) listener();
}

function becomeAfter(ms: number, next: Shown | null): void {
  clearTimeout(timer);
  timer = setTimeout(() => become(next), ms);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export interface HintHandlers {
  readonly onPointerEnter: (event: { readonly currentTarget: Element; readonly pointerType: string }) => void;
  readonly onPointerLeave: () => void;
  readonly onFocus: (event: { readonly currentTarget: Element }) => void;
  readonly onBlur: () => void;
}

/** What an element listens to for its hint; null: it has none now. */
export function useHint(words: string | null, place: Place = 'above'): HintHandlers {
  const anchor = useRef<Element | null>(null);
  // A hint that changes, or ends, while it is read.
  useEffect(() => {
    if (shown !== null && shown.anchor === anchor.current) become(words === null ? null : { ...shown, words });
  }, [words]);
  useEffect(
    () => () => {
      if (shown !== null && shown.anchor === anchor.current) become(null);
    },
    [],
  );
  return {
    onPointerEnter: ({ currentTarget, pointerType }) => {
      anchor.current = currentTarget;
      if (words !== null && pointerType === 'mouse') becomeAfter(showAfterMs, { anchor: currentTarget, words, place });
    },
    onPointerLeave: () => becomeAfter(hideAfterMs, null),
    onFocus: ({ currentTarget }) => {
      anchor.current = currentTarget;
      if (words !== null && currentTarget.matches(':focus-visible')) become({ anchor: currentTarget, words, place });
    },
    onBlur: () => become(null),
  };
}

/** Where the hint is drawn; once, at the page's end. */
export function HintLayer() {
  const hint = useSyncExternalStore(listen, () => shown);
  const box = useRef<HTMLDivElement>(null);

  // What it is about may be gone with a part of the page that knew nothing of it.
  useEffect(() => {
    if (hint === null) return;
    const watching = new MutationObserver(() => {
      if (!hint.anchor.isConnected) become(null);
    });
    watching.observe(document.body, { childList: true, subtree: true });
    return () => watching.disconnect();
  }, [hint]);

  useLayoutEffect(() => {
    if (hint === null || box.current === null) return;
    if (!hint.anchor.isConnected) return become(null);
    const about = hint.anchor.getBoundingClientRect();
    const { width, height } = box.current.getBoundingClientRect();
    const before = about.left - width - gap;
    if (hint.place === 'before' && before >= edge) {
      box.current.style.translate = `${before}px ${about.top + (about.height - height) / 2}px`;
      return;
    }
    const left = Math.min(Math.max(edge, about.left + (about.width - width) / 2), document.documentElement.clientWidth - width - edge);
    const above = about.top - height - gap;
    box.current.style.translate = `${left}px ${above < edge ? about.bottom + gap : above}px`;
  }, [hint]);

  useEffect(() => {
    if (hint === null) return;
    const hide = () => become(null);
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && hide();
    document.addEventListener('keydown', onKey);
    document.addEventListener('scroll', hide, { capture: true, passive: true });
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('scroll', hide, { capture: true });
    };
  }, [hint]);

  if (hint === null) return null;
  return (
    <div
      ref={box}
      role="tooltip"
      onPointerEnter={() => clearTimeout(timer)}
      onPointerLeave={() => becomeAfter(hideAfterMs, null)}
      className="fixed top-0 left-0 z-60 w-max max-w-72 rounded-control bg-ink px-2 py-1 text-small text-page"
    >
      {hint.words}
    </div>
  );
}
