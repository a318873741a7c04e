// The stream of changes: one EventSource for the whole page. It hands on what it hears in small batches, knows since
// when it has been deaf, and says when it hears again after having missed anything. It holds no data itself.

import { type Change, change } from '@mainstay/wire/events';

export type LiveStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** Deaf since then, in ms UTC by this machine's clock; it goes on trying. */
  | { readonly kind: 'broken'; readonly since: number };

export type ChangesListener = (changes: readonly Change[]) => void;

/** Changes are handed on at most this often: a burst on one host is one drawing of the page, and no eye sees the wait. */
const batchMs = 40;
/** How long the first loads wait for the stream to stand, so that nothing falls between a list and its changes. */
const patienceMs = 1000;
/** A stream that is back within this was hardly gone: browsers drop it whenever a network interface comes or goes. */
const brokenAfterMs = 1500;
const backoffMs = [1000, 2000, 4000, 8000, 15_000] as const;

export class ChangeStream {
  readonly #url: string;
  readonly #listeners = new Set<ChangesListener>();
  readonly #watchers = new Set<() => void>();
  #source: EventSource | undefined;
  #status: LiveStatus = { kind: 'connecting' };
  #heard: Change[] = [];
  #batch: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #breaking: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  /** Whether something may have happened that it did not hear. */
  #missed = false;
  #resting = false;
  #ready = Promise.withResolvers<void>();
  /** Called when it hears again after a break: what was missed has to be asked for. */
  onReturn: () => void = () => undefined;
  /** Called when the manager answered but gave no stream: the session may be over. */
  onRefused: () => void = () => undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** Begins to listen; nothing when it does already. */
  open(): void {
    if (this.#source || this.#retry) return;
    this.#resting = false;
    this.#ready = Promise.withResolvers();
    setTimeout(this.#ready.resolve, patienceMs);
    this.#connect();
  }

  close(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#batch);
    this.#holds();
    this.#source?.close();
    this.#source = this.#retry = this.#batch = undefined;
    this.#heard = [];
    this.#attempts = 0;
    this.#missed = false;
    this.#resting = false;
    this.#become({ kind: 'connecting' });
  }

  /** Lets go of the stream while nobody looks: a browser has six connections to a place for all its pages together. */
  rest(): void {
    if (!this.#source && !this.#retry) return;
    this.close();
    this.#missed = true;
    this.#resting = true;
  }

  /** Somebody looks again. */
  wake(): void {
    if (this.#resting) this.open();
  }

  /** Fulfilled once it hears, or has taken too long to wait for. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  readonly status = (): LiveStatus => this.#status;

  readonly watchStatus = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Hands every batch of changes to `listener` until the returned function is called. */
  onChanges(listener: ChangesListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #connect(): void {
    const source = new EventSource(this.#url);
    this.#source = source;
    source.addEventListener('open', () => {
      const missed = this.#missed;
      this.#missed = false;
      this.#attempts = 0;
      this.#holds();
      this.#become({ kind: 'live' });
      this.#ready.resolve();
      if (missed) this.onReturn();
    });
    source.addEventListener('error', () => {
      this.#missed = true;
      const since = Date.now();
      this.#breaking ??= setTimeout(() => this.#become({ kind: 'broken', since }), brokenAfterMs);
      // The browser tries again by itself, and names the last event it heard, unless it was given a plain answer.
      if (source.readyState !== EventSource.CLOSED) return;
      this.onRefused();
      const pause = backoffMs[Math.min(this.#attempts, backoffMs.length - 1)] ?? 1000;
      this.#attempts += 1;
      this.#source = undefined;
      this.#retry = setTimeout(
        () => {
          this.#retry = undefined;
          this.#connect();
        },
        pause * (0.75 + Math.random() / 2),
      );
    });
    source.addEventListener('change', (message) => this.#hear(message.data));
  }

  #hear(text: string): void {
    const parsed = change.safeParse(JSON.parse(text));
    // A shape that this page does not know: the manager is newer. Asking again is the honest way to what it means.
    if (!parsed.success) {
      this.onReturn();
      return;
    }
    this.#heard.push(parsed.data);
    this.#batch ??= setTimeout(() => {
      const heard = this.#heard;
      this.#heard = [];
      this.#batch = undefined;
      for (const listener of this.#listeners) listener(heard);
    }, batchMs);
  }

  /** It did not break after all, or nobody minds. */
  #holds(): void {
    clearTimeout(this.#breaking);
    this.#breaking = undefined;
  }

  #become(status: LiveStatus): void {
    this.#status = status;
    for (const watcher of this.#watchers) watcher();
  }
}
