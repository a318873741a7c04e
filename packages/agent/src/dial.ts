// A WebSocket to the manager, open; and how one comes to its end, on either side's wish or by silence.

import { WebSocket } from 'ws';

const openMs = 10_000;
const pingEveryMs = 5_000;
/** Three pings without an answer: whatever is between here and there has swallowed the connection. */
const silentMs = 15_000;
/** Who does not answer the closing handshake is not waited for. */
const closeMs = 500;
/** A list of thousands of servers is a few MB; nothing that a manager says is larger. */
const largestMessage = 32 * 1024 * 1024;

/** What the library says when the other end speaks none of the subprotocols that it was offered. */
const unspoken = 'Server sent no subprotocol';
const otherVersion = 'What answers there speaks another version of the link. Bring manager and agent to the same version of Mainstay.';

/** @throws when it does not open in time, or `signal` aborts */
export function dial(url: string, subprotocol: string, signal: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, [subprotocol], { handshakeTimeout: openMs, maxPayload: largestMessage, perMessageDeflate: false });
    const abort = () => socket.terminate();
    signal.addEventListener('abort', abort);
    socket.once('close', () => signal.removeEventListener('abort', abort));
    socket.on('error', (error) => reject(error.message === unspoken ? new Error(otherVersion) : error));
    socket.once('open', () => {
      signal.removeEventListener('abort', abort);
      keepAlive(socket);
      resolve(socket);
    });
  });
}

/** Resolves with the close code once the socket is closed. */
export function whenClosed(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', resolve));
}

/** Closes it, with the other end's consent or soon without. */
export function hangUp(socket: WebSocket): void {
  socket.close(1000);
  setTimeout(() => socket.terminate(), closeMs);
}

function keepAlive(socket: WebSocket): void {
  let heardAt = performance.now();
  const heard = () => {
    heardAt = performance.now();
  };
  socket.on('pong', heard);
  socket.on('message', heard);
  const pinging = setInterval(() => {
    if (performance.now() - heardAt > silentMs) socket.terminate();
    else socket.ping();
  }, pingEveryMs);
  socket.once('close', () => clearInterval(pinging));
}
