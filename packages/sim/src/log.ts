// A simulated container's log: its last lines, and whoever follows them until the process ends.

import type { LogLine } from '@mainstay/wire/servers';

/** What a person would scroll through; thousands of containers keep theirs in one process. */
const linesKept = 200;

export class Log {
  #lines: LogLine[] = [];
  readonly #followers = new Set<{ readonly each: (lines: LogLine[]) => void; readonly end: () => void }>();

  write(at: number, text: string): void {
    const line: LogLine = { at, stream: 'stdout', text };
    this.#lines.push(line);
    if (this.#lines.length > 2 * linesKept) this.#lines = this.#lines.slice(-linesKept);
    for (const { each } of this.#followers) each([line]);
  }

  /** All that is kept, oldest first. */
  all(): readonly LogLine[] {
    return this.#lines;
  }

  /** The last lines, oldest first. */
  tail(most: number): LogLine[] {
    return most === 0 ? [] : this.#lines.slice(-Math.min(most, linesKept));
  }

  /** Each line from now on, until the process ends or `signal` aborts. */
  follow(each: (lines: LogLine[]) => void, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const follower = { each, end: () => end() };
      const end = () => {
        this.#followers.delete(follower);
        signal.removeEventListener('abort', end);
        resolve();
      };
      this.#followers.add(follower);
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    });
  }

  /** The process has ended, or its container is gone. */
  end(): void {
    for (const { end } of this.#followers) end();
  }
}
