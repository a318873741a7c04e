// Cuts a stream of text into lines, for the players' sockets and for standard input.
// A line is bounded, so that a peer that never ends one cannot fill the memory.

import type { Readable } from 'node:stream';

const LONGEST_LINE = 1024;

/** Calls `onLine` for each line without its ending; `onTooLong` once, and then nothing more, for an endless one. */
export function readLines(stream: Readable, onLine: (line: string) => void, onTooLong: () => void): void {
  let pending = '';
  let gaveUp = false;
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    if (gaveUp) return;
    const lines = (pending + piece).split('\n');
    pending = lines.pop() ?? '';
    for (const line of [...lines, pending]) {
      if (line.length > LONGEST_LINE) {
        gaveUp = true;
        pending = '';
        onTooLong();
        return;
      }
    }
    for (const line of lines) onLine(line.replace(/\r$/, ''));
  });
}
