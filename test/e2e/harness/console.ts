// A server's console as an open page reads it.

import { type ConsoleMessage, consoleMessage, type Server } from '@mainstay/wire/servers';
import type { Caller } from './caller.ts';
import { until } from './until.ts';

/** Opens a server's console and gathers what comes. */
export async function openConsole({ url, token }: Pick<Caller, 'url' | 'token'>, server: Pick<Server, 'id'>) {
  const closing = new AbortController();
  const response = await fetch(`${url}/api/servers/${server.id}/console`, {
    headers: { authorization: `Bearer ${token}` },
    signal: closing.signal,
  });
  if (response.body === null) throw new Error('The console answered nothing.');
  const seen: ConsoleMessage[] = [];
  const ended = (async () => {
    let text = '';
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const messages = (text + piece).split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) {
        if (message.startsWith('data: ')) seen.push(consoleMessage.parse(JSON.parse(message.slice('data: '.length))));
      }
    }
  })().catch(() => undefined);
  const texts = () => seen.flatMap((message) => (message.kind === 'lines' ? message.lines.map((line) => line.text) : []));
  return {
    seen,
    texts,
    /** Resolves when nothing comes any more. */
    ended,
    shows: (text: string) =>
      until(
        `“${text}” on the console`,
        async () => texts(),
        (lines) => lines.some((line) => line.includes(text)),
      ),
    close: async () => {
      closing.abort();
      await ended;
    },
  };
}
