// Messages at the foot of the page: what could not be done, and why. They stay long enough to be read twice, for good
// when they offer a remedy, and nothing on the page moves for them.

import { X } from 'lucide-react';
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { text } from '../messages.ts';
import { Button } from './button.tsx';

export interface Notice {
  readonly title: string;
  readonly detail?: string;
  readonly tone: 'refusal' | 'news';
  /** The one thing to do about it. */
  readonly remedy?: { readonly label: string; readonly onPress: () => void };
}

interface Shown extends Notice {
  readonly key: number;
}

const staysMs = { refusal: 20_000, news: 6000 } as const satisfies Record<Notice['tone'], number>;
/** Older ones go first: more than this nobody reads. */
const most = 4;

let shown: readonly Shown[] = [];
let lastKey = 0;
const listeners = new Set<() => void>();

function show(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

function dismiss(key: number): void {
  show(shown.filter((notice) => notice.key !== key));
}

/** Shows a message. */
export function notify(notice: Notice): void {
  lastKey += 1;
  show([...shown, { ...notice, key: lastKey }].slice(-most));
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The page with its messages over it. */
export function Toasts({ children }: { readonly children: ReactNode }) {
  const notices = useSyncExternalStore(listen, () => shown);
  return (
    <>
      {children}
      <div role="status" className="fixed right-4 bottom-4 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2">
        {notices.map((notice) => (
          <Toast key={notice.key} notice={notice} />
        ))}
      </div>
    </>
  );
}

function Toast({ notice: { key, title, detail, tone, remedy } }: { readonly notice: Shown }) {
  useEffect(() => {
    if (remedy) return;
    const timer = setTimeout(() => dismiss(key), staysMs[tone]);
    return () => clearTimeout(timer);
  }, [key, tone, remedy]);
  return (
    <div
      data-notice={tone}
      className={`grid grid-cols-[1fr_auto] items-start gap-x-3 gap-y-1 rounded-panel border p-3 ${tone === 'refusal' ? 'border-failed-line bg-failed-panel' : 'border-line bg-panel'}`}
    >
      <p className="font-[600] wrap-anywhere">{title}</p>
      <Button kind="quiet" size="small" label={text.dismiss} onPress={() => dismiss(key)}>
        <X size={14} aria-hidden="true" />
      </Button>
      {detail ? <p className="text-aside text-ink-soft wrap-anywhere">{detail}</p> : null}
      {remedy ? (
        <div className="col-start-1 mt-1">
          <Button
            size="small"
            onPress={() => {
              dismiss(key);
              remedy.onPress();
            }}
          >
            {remedy.label}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
