// Ctrl-C and SIGTERM as an abort signal. A second one is the same wish, often the same key press come twice (from the
// terminal and from npm), and changes nothing.

export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  // Started by `mainstay up`: when that is gone, so is the wish for this.
  process.on('disconnect', () => stopping.abort());
  return stopping.signal;
}

/** Resolves when `signal` aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}
