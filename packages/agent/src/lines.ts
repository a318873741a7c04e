// A stream, line by line, until it ends or is aborted.

import type { Readable } from 'node:stream';

/** @throws what the stream or `each` throws, a premature close on abort; the stream is destroyed then */
export async function eachLine(stream: Readable, signal: AbortSignal, each: (line: string) => void): Promise<void> {
  const end = () => stream.destroy();
  signal.addEventListener('abort', end);
  try {
    signal.throwIfAborted();
    let rest = '';
    for await (const piece of stream.setEncoding('utf8')) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') each(line);
    }
  } finally {
    signal.removeEventListener('abort', end);
    stream.destroy();
  }
}
