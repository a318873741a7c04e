// Dialling a manager: over a line so slow that more than one try is under way, and one that refuses.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createSink } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { dial } from '../src/dial.ts';

const never = new AbortController().signal;

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Answers each request for a connection only once the next one has come. */
async function slowManager(): Promise<string> {
  const sockets = new WebSocketServer({ noServer: true });
  sockets.on('connection', (socket) => socket.on('message', (said) => socket.send(said)));
  let answer = () => {};
  server = createServer().on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    answer();
    answer = () => sockets.handleUpgrade(request, socket, head, (accepted) => sockets.emit('connection', accepted));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the first of several tries that opens is the connection, and stays open when the others are given up', async () => {
  const socket = await dial(await slowManager(), 'any', never);
  socket.send('still there');
  const [said] = await once(socket, 'message');
  expect(String(said)).toBe('still there');
  socket.terminate();
});

test('a refusal is told at once', async () => {
  const sink = createSink().listen(0, '127.0.0.1');
  await once(sink, 'listening');
  const { port } = sink.address() as AddressInfo;
  sink.close();
  await once(sink, 'close');
  await expect(dial(`ws://127.0.0.1:${port}`, 'any', never)).rejects.toThrow('ECONNREFUSED');
});

test('whoever stops is not kept waiting', async () => {
  const stopping = new AbortController();
  const dialling = dial(await slowManager(), 'any', stopping.signal);
  stopping.abort();
  await expect(dialling).rejects.toThrow('It was stopped.');
});
