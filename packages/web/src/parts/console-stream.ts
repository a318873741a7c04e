// A server's console as it comes: one EventSource while the console is open. It keeps the lines for whoever downloads
// or pauses, and says whether it hears, waits, or knows nothing.

import { type ConsoleMessage, consoleMessage, type LogLine } from '@mainstay/wire/servers';

export type ConsoleStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'following' }
  /** The container ended, or nobody can follow it; the manager goes on by itself when there is one again. */
  | { readonly kind: 'ended'; readonly detail: string }
  /** The manager is not heard; the browser goes on trying. */
  | { readonly kind: 'broken' };

export interface ConsoleListener {
  /** What follows begins anew. */
  readonly onBegin: () => void;
  readonly onLines: (lines: readonly LogLine[]) => void;
}

/** More than a person scrolls through; a day of a talkative server. The oldest go. */
export const mostLines = 10_000;
/** Lines of the log that it begins with, and how many times as many it begins with when earlier ones are asked for. */
const firstLines = 500;
const moreTimes = 5;
const retryMs = 5000;

export class ConsoleStream {
  readonly #url: string;
  readonly #listener: ConsoleListener;
  readonly #watchers = new Set<() => void>();
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #status: ConsoleStatus = { kind: 'connecting' };
  #lines: LogLine[] = [];
  #tail = firstLines;

  constructor(url: string, listener: ConsoleListener) {
    this.#url = url;
    this.#listener = listener;
  }

  open(): void {
    const source = new EventSource(`${this.#url}?tail=${this.#tail}`);
    this.#source = source;
    source.addEventListener('error', () => {
      this.#become({ kind: 'broken' });
      // The browser tries again by itself, unless it was given a plain answer.
      if (source.readyState === EventSource.CLOSED) this.#retry = setTimeout(() => this.open(), retryMs);
    });
    source.addEventListener('message', ({ data }) => this.#hear(data));
    addEventListener('pagehide', this.#leave);
    addEventListener('pageshow', this.#comeBack);
  }

  close(): void {
    removeEventListener('pagehide', this.#leave);
    removeEventListener('pageshow', this.#comeBack);
    this.#leave();
  }

  /** A page that was left is kept for going back to; its stream is not, since a browser has six connections to a place. */
  readonly #leave = () => {
    clearTimeout(this.#retry);
    this.#source?.close();
  };
  readonly #comeBack = ({ persisted }: PageTransitionEvent) => {
    if (persisted) this.open();
  };

  /** Whether the log may have earlier lines that it can begin with. */
  readonly hasEarlier = (): boolean => this.#tail < mostLines && this.#lines.length >= this.#tail;

  /** Begins anew, further back in the log. */
  showEarlier(): void {
    this.#tail = Math.min(mostLines, this.#tail * moreTimes);
    this.close();
    this.open();
  }

  /** Every line there is, the oldest first. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  readonly status = (): ConsoleStatus => this.#status;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  #hear(data: string): void {
    const parsed = consoleMessage.safeParse(JSON.parse(data));
    if (parsed.success) handlers[parsed.data.kind](this.#parts, parsed.data as never);
  }

  readonly #parts: Parts = {
    begin: () => {
      this.#lines = [];
      this.#listener.onBegin();
    },
    add: (lines) => {
      this.#lines = [...this.#lines, ...lines].slice(-mostLines);
      this.#listener.onLines(lines);
      for (const watcher of this.#watchers) watcher();
    },
    become: (status) => this.#become(status),
  };

  #become(status: ConsoleStatus): void {
    this.#status = status;
    for (const watcher of this.#watchers) watcher();
  }
}

interface Parts {
  readonly begin: () => void;
  readonly add: (lines: readonly LogLine[]) => void;
  readonly become: (status: ConsoleStatus) => void;
}

const handlers: { [Kind in ConsoleMessage['kind']]: (parts: Parts, message: Extract<ConsoleMessage, { kind: Kind }>) => void } = {
  begin: (parts) => {
    parts.begin();
    parts.become({ kind: 'following' });
  },
  lines: (parts, { lines }) => {
    parts.add(lines);
    parts.become({ kind: 'following' });
  },
  end: (parts, { detail }) => parts.become({ kind: 'ended', detail }),
};
