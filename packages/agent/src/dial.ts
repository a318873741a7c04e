// A WebSocket to the manager, open; and how one comes to its end, on either side's wish or by silence.

import { WebSocket } from 'ws';

const openMs = 10_000;
/**
 * Between one try and the next beside it. A network that comes back lets a new try through at once; the kernel asks again for an old
 * one only after a pause as long as all before. On a slow line the first try still counts: it goes on beside the others.
 */
const besideMs = 1_000;
const pingEveryMs = 2_000;
/**
 * Three pings without an answer: whatever is between here and there has swallowed the connection. Not sooner: a line with seconds of
 * delay is no lost one. Not later: when it comes back, so must the link.
 */
const silentMs = 6_000;
/** Who does not answer the closing handshake is not waited for. */
const closeMs = 500;
/** A list of thousands of servers is a few MB; nothing that a manager says is larger. */
const largestMessage = 32 * 1024 * 1024;

/** What the library says when the other end speaks none of the subprotocols that it was offered. */
const unspoken = 'Server sent no subprotocol';
const otherVersion = 'What answers there speaks another version of the link. Bring manager and agent to the same version of Mainstay.';

/**
 * Tries side by side, the first that opens is it.
 * @throws when none opens in time, one is refused, or `signal` aborts
 */
export function dial(url: string, subprotocol: string, signal: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const tries = new Set<WebSocket>();
    let over = false;
    const end = (chosen: WebSocket | null) => {
      over = true;
      clearInterval(trying);
      clearTimeout(late);
      signal.removeEventListener('abort', abort);
      for (const each of tries) if (each !== chosen) each.terminate();
    };
    const fail = (error: Error) => {
      // One that is given up says so as well.
      if (over) return;
      end(null);
      reject(error.message === unspoken ? new Error(otherVersion) : error);
    };
    const abort = () => fail(new Error('It was stopped.'));
    const begin = () => {
      const socket = new WebSocket(url, [subprotocol], { maxPayload: largestMessage, perMessageDeflate: false });
      tries.add(socket);
      socket.on('error', fail);
      socket.once('open', () => {
        if (over) return socket.terminate();
        end(socket);
        keepAlive(socket);
        resolve(socket);
      });
    };
    const trying = setInterval(begin, besideMs);
    const late = setTimeout(() => fail(new Error('The manager cannot be reached: no connection opened in time.')), openMs);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    else begin();
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
