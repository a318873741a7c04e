// Posting JSON, as most services take it.

import { type Answered, post } from '../../outgoing/post.ts';
import type { SendingWorld } from './sender.ts';

export function postJson(
  channel: { readonly url: string; readonly allowPrivate: boolean },
  body: unknown,
  { now, signal, resolve }: SendingWorld,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  return post(
    {
      url: channel.url,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      allowPrivate: channel.allowPrivate,
      signal,
      resolve,
    },
    now,
  );
}
