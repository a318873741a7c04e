// The manager's API as the page calls it: the typed client with the page's cookie. An answer of 401, to whatever
// was asked, means that the session is over; the one who listens here leads to the sign-in page.

import { Fault } from '@mainstay/core/fault';
import { type Call, createClient } from '@mainstay/wire/client';
import type { Route } from '@mainstay/wire/contract';

const client = createClient({ baseUrl: '' });

let signedOut: () => void = () => undefined;

/** Says what to do when the manager no longer knows who asks. */
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

/** Calls a route for who may well be nobody: a 401 leads nowhere. */
export const callAsAnybody: Call = client;

/** Calls a route. Throws `Fault` as the manager told it, `TypeError` when it did not answer at all. */
export const call: Call = async <R extends Route>(...[route, request, options]: Parameters<typeof client<R>>) => {
  try {
    return await client(route, request, options);
  } catch (error) {
    if (error instanceof Fault && error.code === 'unauthenticated' && route.needs !== 'none') signedOut();
    throw error;
  }
};
