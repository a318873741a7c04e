// Server-sent events: a response that stays open. A stream that is read too slowly is closed rather than kept in
// memory; the browser comes back, behind the last event it has where the stream has such.

import { Fault } from '@mainstay/core/fault';
import type { Change } from '@mainstay/wire/events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Feed } from '../feed.ts';
import type { World } from '../world.ts';
import type { Context } from './bind.ts';
import { endWithAccess } from './standing.ts';
import { visibleChanges } from './visible-changes.ts';

/** What may wait for a slow reader, in bytes. */
const unreadMost = 4 * 1024 * 1024;
/** How soon a reader that lost the stream comes back: a browser loses it whenever a network interface of its machine comes or goes. */
const comeBackMs = 400;
/** A comment this often keeps proxies from closing a quiet stream. */
const keepAliveMs = 15_000;

export interface Stream<Message> {
  /** Sends the head, if nothing was written yet: the reader then knows that from now on it misses nothing. */
  begin(): void;
  write(messages: readonly Message[]): void;
  end(): void;
  /** Aborts when nobody reads any more, or the manager stops. */
  readonly closed: AbortSignal;
}

/**
 * Takes a reply over for a stream.
 * @param stopping ends it when the manager stops
 * @param encode a message as its `event-stream` lines, the empty one included
 */
export function openStream<Message>(
  request: FastifyRequest,
  reply: FastifyReply,
  stopping: AbortSignal,
  encode: (message: Message) => string,
): Stream<Message> {
  const { raw } = reply;
  const closed = new AbortController();
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  const keepAlive = setInterval(() => raw.write(':\n\n'), keepAliveMs);
  const end = () => {
    clearInterval(keepAlive);
    stopping.removeEventListener('abort', end);
    raw.end();
    closed.abort();
  };
  raw.on('close', end);
  stopping.addEventListener('abort', end);
  if (stopping.aborted || request.raw.destroyed) end();
  return {
    closed: closed.signal,
    end,
    begin: () => {
      if (!closed.signal.aborted) raw.write(`retry: ${comeBackMs}\n\n`);
    },
    write: (messages) => {
      if (closed.signal.aborted || messages.length === 0) return;
      if (raw.writableLength > unreadMost) raw.destroy();
      else raw.write(messages.map(encode).join(''));
    },
  };
}

/**
 * `GET /api/events`: every change that the caller may see, from now on or behind `Last-Event-ID`. When that becomes more or less, the
 * stream ends: whoever comes back knows that what is held has to be asked for anew.
 */
export async function streamChanges(world: World, feed: Feed, { caller, request, reply }: Context, stopping: AbortSignal): Promise<void> {
  const after = lastEventId(request);
  const visible = await visibleChanges(world.store.db, caller.access);
  const stream = openStream(request, reply, stopping, linesOf);
  endWithAccess(world, caller, stream, (access) => JSON.stringify(access) === JSON.stringify(caller.access));
  const stop = await feed.follow(after, (changes) => stream.write(visible(changes)));
  stream.begin();
  if (stream.closed.aborted) stop();
  else stream.closed.addEventListener('abort', stop);
}

/** The feed hands one change to every open stream: it is put into lines once. */
const known = new WeakMap<Change, string>();

function linesOf(change: Change): string {
  const before = known.get(change);
  if (before !== undefined) return before;
  const id = change.event === null ? '' : `id: ${change.event.id}\n`;
  const lines = `${id}event: change\ndata: ${JSON.stringify(change)}\n\n`;
  known.set(change, lines);
  return lines;
}

function lastEventId(request: FastifyRequest): number | null {
  const given = request.headers['last-event-id'];
  if (given === undefined) return null;
  const id = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : null;
  if (id === null) throw new Fault('invalid-request', 'Last-Event-ID must be the id of an event of this stream.');
  return id;
}
