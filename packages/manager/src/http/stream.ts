// `GET /api/events`: changes as server-sent events. A stream that is read too slowly is closed rather than kept in
// memory; the browser comes back behind the last event it has.

import { Fault } from '@mainstay/core/fault';
import type { Change } from '@mainstay/wire/events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Feed } from '../feed.ts';

/** What may wait for a slow reader, in bytes. */
const unreadMost = 4 * 1024 * 1024;
/** A comment this often keeps proxies from closing a quiet stream. */
const keepAliveMs = 15_000;

/** @param stopping ends every stream when the manager stops */
export async function streamChanges(feed: Feed, request: FastifyRequest, reply: FastifyReply, stopping: AbortSignal): Promise<void> {
  const after = lastEventId(request);
  const { raw } = reply;
  const closed = new AbortController();
  raw.on('close', () => closed.abort());
  reply.hijack();
  raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  const stop = await feed.follow(after, (messages) => {
    if (raw.writableLength > unreadMost) raw.destroy();
    else raw.write(messages.map(encode).join(''));
  });
  // Only now does the head go out: who loads the page when the stream opens misses nothing in between.
  raw.write('retry: 1000\n\n');
  const keepAlive = setInterval(() => raw.write(':\n\n'), keepAliveMs);
  const end = () => {
    stop();
    clearInterval(keepAlive);
    stopping.removeEventListener('abort', end);
    raw.end();
  };
  stopping.addEventListener('abort', end);
  if (closed.signal.aborted) end();
  else closed.signal.addEventListener('abort', end);
}

function encode(change: Change): string {
  const id = change.event === null ? '' : `id: ${change.event.id}\n`;
  return `${id}event: change\ndata: ${JSON.stringify(change)}\n\n`;
}

function lastEventId(request: FastifyRequest): number | null {
  const given = request.headers['last-event-id'];
  if (given === undefined) return null;
  const id = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : null;
  if (id === null) throw new Fault('invalid-request', 'Last-Event-ID must be the id of an event of this stream.');
  return id;
}
