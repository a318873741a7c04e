// A person with a session: what no token may do.

import { contract } from '@mainstay/wire/contract';
import type { Manager } from './manager.ts';

/** What people of the tests sign in with. */
export const testPassword = 'a password of the tests';

/** Makes the owner's account by a link from the manager's machine. @returns the cookie of their session */
export async function ownerCookie(manager: Manager, name = 'olga'): Promise<string> {
  const code = (await manager.secret('sign-in-link')).split('#code=')[1];
  const byLink = await post(manager, contract.signIn.path, { code });
  return post(manager, contract.makeOwner.path, { name, password: testPassword }, byLink);
}

async function post(manager: Manager, path: string, body: object, cookie?: string): Promise<string> {
  const response = await fetch(manager.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...(cookie === undefined ? {} : { cookie }) },
    body: JSON.stringify(body),
  });
  const [set] = response.headers.getSetCookie();
  if (!response.ok || set === undefined) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
  return set.split(';')[0] ?? '';
}
