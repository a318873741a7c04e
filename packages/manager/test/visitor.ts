// Somebody with a browser, as far as a manager sees it: their cookies, and whose page a request came from.

import { type Call, createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import { sessionCookie } from '@mainstay/wire/session';

export interface Visitor {
  readonly call: Call;
  /** Sends as it stands. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** The session's secret, as the browser keeps it; null: none. */
  cookie(): string | null;
  /** Takes a cookie that somebody else made. */
  take(secret: string): void;
  /** What the manager said last of the cookie. */
  lastSetCookie(): string | null;
}

export function visitor(url: string): Visitor {
  const jar = new Map<string, string>();
  let said: string | null = null;
  const send = async (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    if (!headers.has('sec-fetch-site')) headers.set('sec-fetch-site', 'same-origin');
    const response = await fetch(url + path, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
      if (name === sessionCookie) said = line;
    }
    return response;
  };
  return {
    send,
    call: createClient({ baseUrl: '', fetch: (input, init) => send(String(input), init) }),
    cookie: () => jar.get(sessionCookie) ?? null,
    take: (secret) => void jar.set(sessionCookie, secret),
    lastSetCookie: () => said,
  };
}

/** Somebody who signs in so. */
export async function signedIn(url: string, name: string, password: string): Promise<Visitor> {
  const who = visitor(url);
  await who.call(contract.signInByPassword, { body: { name, password } });
  return who;
}
