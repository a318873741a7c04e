// Takes a TCP port on every address of the machine, for the lobby and for RCON alike.

import type { Server } from 'node:net';

/** Resolves with the port really taken (port 0 asks for any free one); rejects when it cannot be had. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
