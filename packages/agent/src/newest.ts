// Of several requests for one thing the newest counts: it ends the one before it, waits until that has ended, and begins.

export interface Newest {
  /** @param work is given a signal that aborts with `signal`, and when a newer one comes */
  run<T>(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

export function createNewest(): Newest {
  const running = new Map<string, { readonly controller: AbortController; readonly ended: Promise<unknown> }>();
  return {
    run(key, signal, work) {
      const before = running.get(key);
      before?.controller.abort();
      const controller = new AbortController();
      const own = AbortSignal.any([signal, controller.signal]);
      const result = (before?.ended ?? Promise.resolve()).then(() => {
        own.throwIfAborted();
        return work(own);
      });
      const ended = result
        .catch(() => undefined)
        .then(() => {
          if (running.get(key)?.controller === controller) running.delete(key);
        });
      running.set(key, { controller, ended });
      return result;
    },
  };
}
