// Somebody with a browser, as far as a manager sees it: their cookies, and whose page a request came from.

import type { Role } from '@mainstay/core/access';
import type { AccountId } from '@mainstay/core/id';
import { issue } from '@mainstay/manager/app/credentials';
import type { Store } from '@mainstay/manager/sql/store';
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

/** Every person’s, in these tests. */
export const password = 'correct horse battery staple';

/** The first owner, `olga`, as a link of the manager’s machine makes them. */
export async function firstOwner({ url, store }: { readonly url: string; readonly store: Store }): Promise<Visitor> {
  const owner = visitor(url);
  const { secret: code } = await issue(store, { kind: 'sign-in', name: 'owner' }, Date.now());
  await owner.call(contract.signIn, { body: { code } });
  await owner.call(contract.makeOwner, { body: { name: 'olga', password } });
  return owner;
}

/** Somebody whom the owner invited, and who came. */
export async function invited(url: string, owner: Visitor, name: string, role: Role): Promise<Visitor & { name: string; id: AccountId }> {
  const grants = [{ role, scope: { kind: 'everything' } } as const];
  const { code } = await owner.call(contract.createInvitation, { body: { label: name, grants } });
  const who = visitor(url);
  const { account } = await who.call(contract.acceptInvitation, { body: { code, name, password } });
  if (account === null) throw new Error('an invitation made nobody’s session');
  return { ...who, name, id: account.id };
}

/** Somebody who signs in so. */
export async function signedIn(url: string, name: string, password: string): Promise<Visitor> {
  const who = visitor(url);
  await who.call(contract.signInByPassword, { body: { name, password } });
  return who;
}
