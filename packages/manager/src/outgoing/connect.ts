// A TCP connection to an address that somebody else named: to a checked address, for protocols that are not HTTP.

import { connect, type Socket } from 'node:net';
import { addressesWithin, lookupOf, type Resolve } from './guard.ts';

/**
 * Connects; the socket is destroyed when `signal` aborts, now or later.
 * @throws Fault `forbidden-address`; the signal's reason; Node's own error
 */
export async function connectTo(
  host: string,
  port: number,
  options: { readonly allowPrivate: boolean; readonly signal: AbortSignal; readonly resolve?: Resolve | undefined },
): Promise<Socket> {
  const { allowPrivate, signal, resolve } = options;
  const addresses = await addressesWithin(signal, host, allowPrivate, resolve);
  const socket = connect({ host, port, lookup: lookupOf(addresses), signal });
  return new Promise((done, failed) => {
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      // Whoever takes the socket over listens for its errors; until then one must not end the process.
      socket.on('error', () => undefined);
      done(socket);
    });
    socket.once('error', (error) => failed(signal.aborted ? signal.reason : error));
  });
}
