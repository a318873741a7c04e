// The event stream as an open page reads it: every change with the moment it came, checked against its schema.

import { inspect } from 'node:util';
import { type Change, change } from '@mainstay/wire/events';
import type { Server } from '@mainstay/wire/servers';
import { NeverSo } from './until.ts';

export interface SeenChange extends Change {
  /** When it came, by `performance.now()`. */
  readonly receivedAt: number;
}

export interface Changes {
  /** All that came, in order. */
  readonly seen: readonly SeenChange[];
  /** Resolves with the first change that holds, among those that came and those to come. */
  first(description: string, holds: (change: SeenChange) => boolean, deadlineMs?: number): Promise<SeenChange>;
  /** Forgets what came until now. */
  forget(): void;
  /** Resolves when the other end has closed the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Opens it and waits until it is open. `after`: the id of the last event that was had. */
export async function openChanges(url: string, token: string, after?: number): Promise<Changes> {
  const closing = new AbortController();
  const response = await fetch(`${url}/api/events`, {
    headers: { authorization: `Bearer ${token}`, ...(after === undefined ? {} : { 'last-event-id': String(after) }) },
    signal: closing.signal,
  });
  if (!response.ok || response.body === null) throw new Error(`The event stream answered ${response.status}: ${await response.text()}`);
  const seen: SeenChange[] = [];
  const waiting = new Set<() => void>();
  let broken: unknown = null;
  const look = () => {
    for (const each of [...waiting]) each();
  };
  const ended = read(response.body, (message) => {
    seen.push({ ...message, receivedAt: performance.now() });
    look();
  })
    .catch((error: unknown) => {
      if (!closing.signal.aborted) broken = error;
    })
    .finally(look);
  return {
    seen,
    ended,
    forget: () => void seen.splice(0),
    close: () => closing.abort(),
    first: (description, holds, deadlineMs = 20_000) =>
      new Promise((resolve, reject) => {
        const finish = (settle: () => void) => {
          waiting.delete(check);
          clearTimeout(timer);
          settle();
        };
        const check = () => {
          const found = seen.find(holds);
          if (found) finish(() => resolve(found));
          else if (broken) finish(() => reject(broken));
        };
        const timer = setTimeout(() => {
          const last = inspect(
            seen.slice(-3).map(({ event }) => event),
            { depth: 4 },
          );
          finish(() => reject(new NeverSo(`the event stream never brought ${description} within ${deadlineMs} ms; last came: ${last}`)));
        }, deadlineMs);
        waiting.add(check);
        check();
      }),
  };
}

/** Reads messages until the stream ends. @throws when one has another shape than the contract says */
async function read(body: ReadableStream<Uint8Array>, take: (message: Change) => void): Promise<void> {
  let text = '';
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const lines = message.split('\n');
      const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice('data: '.length));
      if (data.length === 0) continue;
      const parsed = change.parse(JSON.parse(data.join('\n')));
      const id = lines.find((line) => line.startsWith('id: '))?.slice('id: '.length);
      if ((parsed.event?.id.toString() ?? undefined) !== id) throw new Error(`A message has the id ${id} and carries ${parsed.event?.id}.`);
      take(parsed);
    }
  }
}

/** For `first`: the server moves to `state`. */
export function becomes(server: Pick<Server, 'id'>, state: Server['state']): (change: Change) => boolean {
  return ({ event }) => event?.serverId === server.id && event.happening.kind === 'server-state' && event.happening.to === state;
}
