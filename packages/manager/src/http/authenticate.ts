// Who is asking: a bearer token or a session cookie. A cookie is sent by the browser whoever made the page, so a
// request that changes something must then come from our own page.

import { noAccess } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import { sessionCookie } from '@mainstay/wire/session';
import type { FastifyRequest } from 'fastify';
import { type Bearer, bearer, type Caller } from '../app/credentials.ts';
import { hashOf } from '../random.ts';
import type { World } from '../world.ts';

/**
 * Whoever asks on a route that needs nobody. What signs in is for our own page, and for programs, which say nothing of a site.
 * @throws Fault `forbidden` for a cross-site request
 */
export function anybody(request: FastifyRequest): Caller {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (request.method !== 'GET' && (origin !== undefined || site !== undefined)) refuseOtherSites(request);
  return { name: '', access: noAccess, bearer: null };
}

/** @throws Fault `unauthenticated`, or `forbidden` for a cross-site request */
export async function authenticate(world: World, request: FastifyRequest): Promise<Caller> {
  const found = await bearerOf(world, request);
  if (found.kind === 'session' && request.method !== 'GET' && request.method !== 'HEAD') refuseOtherSites(request);
  return { name: nameOf(found), access: found.access, bearer: found };
}

/** A person's token is told with the person: what tokens are called is anybody's choice. */
function nameOf({ kind, name, account }: Bearer): string {
  return kind === 'token' && account ? `${account.name}’s token “${name}”` : name;
}

async function bearerOf(world: World, request: FastifyRequest): Promise<Bearer> {
  const now = world.clock.now();
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const secret = /^Bearer +([A-Za-z0-9_-]{1,200})$/i.exec(authorization)?.[1];
    const token = secret === undefined ? null : await bearer(world.store, 'token', hashOf(secret), now);
    if (token) return token;
    if (secret !== undefined) world.attempts.begin('secret', request.ip);
    throw new Fault('unauthenticated', 'This bearer token is not known here. Make one with: ./mainstay token create --name NAME');
  }
  const secret = request.cookies[sessionCookie];
  const session = secret ? await bearer(world.store, 'session', hashOf(secret), now) : null;
  if (session) return session;
  throw new Fault(
    'unauthenticated',
    'Sign in on the page, or send a bearer token. Whoever has the manager’s machine: ./mainstay sign-in-link',
  );
}

/** @throws Fault `forbidden` when another site's page sent it */
function refuseOtherSites(request: FastifyRequest): void {
  if (!fromOurPage(request)) throw new Fault('forbidden', 'This request did not come from Mainstay’s own page.');
}

function fromOurPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = request.headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.host;
}
