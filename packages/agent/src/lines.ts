// A stream, line by line, until it ends or is aborted.

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** @throws what the stream or `each` throws; the stream is destroyed then */
export async function eachLine(stream: Readable, signal: AbortSignal, each: (line: string) => void): Promise<void> {
  const end = () => stream.destroy();
  signal.addEventListener('abort', end);
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  failed.catch(() => undefined);
  const read = async () => {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line !== '') each(line);
    }
  };
  try {
    await Promise.race([read(), failed]);
  } finally {
    signal.removeEventListener('abort', end);
    stream.destroy();
  }
}
