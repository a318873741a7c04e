// What a program of ours holds in memory that is still in use: asked of it by its inspector, after a collection.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';

/** For the program's environment: it says in its log where its inspector is, on a port that is free. */
export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

/**
 * @param log the log of a program that runs `inspected`
 * @returns bytes
 */
export async function heapInUse(log: string): Promise<number> {
  const address = [...readFileSync(log, 'utf8').matchAll(/Debugger listening on (ws:\S+)/g)].at(-1)?.[1];
  if (address === undefined) throw new Error(`${log} does not say where the inspector is`);
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const ask = async (id: number, method: string): Promise<{ readonly usedSize: number }> => {
    socket.send(JSON.stringify({ id, method }));
    for (;;) {
      const [data] = await once(socket, 'message');
      const message = JSON.parse(String(data));
      if (message.id === id) return message.result;
    }
  };
  try {
    await ask(1, 'HeapProfiler.enable');
    // The first finds what finalizers let go of only for the second.
    await ask(2, 'HeapProfiler.collectGarbage');
    await ask(3, 'HeapProfiler.collectGarbage');
    const { usedSize } = await ask(4, 'Runtime.getHeapUsage');
    return usedSize;
  } finally {
    socket.terminate();
  }
}
