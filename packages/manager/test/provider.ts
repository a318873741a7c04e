// A real OpenID Connect provider on this machine, and a browser that says there who it is.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface OwnProvider {
  readonly issuer: string;
  /** Lets a manager at this address be signed in to. */
  allow(origin: string): void;
  close(): Promise<void>;
}

export const client = { id: 'mainstay', secret: 'a secret of the tests, which is long enough' } as const;

/** @param names where it says what somebody is called: in the token, or only to who asks for it with that */
export async function ownProvider(names: 'token' | 'userinfo' = 'token'): Promise<OwnProvider> {
  let provider: Provider | undefined;
  const server = createServer((request, response) => void provider?.callback()(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    allow(origin) {
      provider = new Provider(issuer, {
        clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [`${origin}/sign-in/sso`] }],
        claims: { openid: ['sub'], profile: ['preferred_username'] },
        conformIdTokenClaims: names === 'userinfo',
        pkce: { required: () => true },
        ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
        findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id, preferred_username: id }) }),
        cookies: { keys: ['a key of the tests'] },
      });
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Goes where the provider is, signs in there as `login` and agrees. @returns the query that it leads back with */
export async function comeBackAs(url: string, login: string): Promise<string> {
  const jar = new Map<string, string>();
  let next = { url, body: undefined as string | undefined };
  for (let steps = 0; steps < 20; steps += 1) {
    const response = await fetch(next.url, {
      method: next.body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: {
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(next.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(next.body === undefined ? {} : { body: next.body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = response.headers.get('location');
    if (location !== null) {
      const to = new URL(location, next.url);
      if (to.pathname === '/sign-in/sso') return to.search.slice(1);
      next = { url: to.href, body: undefined };
      continue;
    }
    const page = await response.text();
    const form = /action="([^"]+)"/.exec(page)?.[1];
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1];
    if (!form || !prompt) throw new Error(`The provider answered ${response.status}: ${page.slice(0, 300)}`);
    next = { url: new URL(form, next.url).href, body: new URLSearchParams({ prompt, login, password: 'any' }).toString() };
  }
  throw new Error('The provider leads nowhere.');
}
