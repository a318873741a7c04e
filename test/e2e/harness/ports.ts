// Free ports for what tests start. Each worker has a little range of its own, below the ephemeral ports and beside the
// manager's own range, so that test files that run side by side never choose the same.

import { once } from 'node:events';
import { createServer } from 'node:net';

const first = 30_000;
const each = 500;
const workers = 5;

const from = first + (Number(process.env['VITEST_POOL_ID'] ?? 0) % workers) * each;
// Begun anywhere in it, so that two runs on one machine seldom ask for the same.
let given = process.pid % each;

/** A TCP port that nobody holds now, and that this worker has not given out for a long while. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < each; tries += 1) {
    const port = from + (given % each);
    given += 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`No port between ${from} and ${from + each} is free.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, '0.0.0.0');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
