// The event stream as a program reads it that has no time to lose: parsed, not checked. And streams that only drink.

import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { Change } from '@mainstay/wire/events';

export interface Stream {
  close(): void;
}

/** Opens it and waits until it is open. @param each is told of every change, and when its bytes came, by `performance.now()` */
export async function readChanges(url: string, token: string, each: (change: Change, at: number) => void): Promise<Stream> {
  const { request, answer } = await open(url, token);
  let text = '';
  answer.setEncoding('utf8').on('data', (piece: string) => {
    const at = performance.now();
    const messages = (text + piece).split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const from = message.indexOf('data: ');
      if (from >= 0) each(JSON.parse(message.slice(from + 'data: '.length)) as Change, at);
    }
  });
  return { close: () => request.destroy() };
}

export interface Drinking extends Stream {
  /** Resolves once something has come on each of them from now on. */
  next(): Promise<void>;
}

/** Opens so many, in which nobody reads. */
export async function drinkChanges(url: string, token: string, count: number): Promise<Drinking> {
  const opened = await Promise.all(Array.from({ length: count }, () => open(url, token)));
  const told = new Set<IncomingMessage>();
  let all = Promise.withResolvers<void>();
  for (const { answer } of opened)
    answer.on('data', () => {
      told.add(answer);
      if (told.size === count) all.resolve();
    });
  return {
    next() {
      told.clear();
      all = Promise.withResolvers();
      return all.promise;
    },
    close: () => {
      for (const { request } of opened) request.destroy();
    },
  };
}

function open(url: string, token: string): Promise<{ readonly request: ClientRequest; readonly answer: IncomingMessage }> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/api/events`, { agent: false, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      answer.on('error', () => undefined);
      if (answer.statusCode === 200) resolve({ request, answer });
      else reject(new Error(`The event stream answered ${answer.statusCode}.`));
    });
    request.on('error', reject);
  });
}
