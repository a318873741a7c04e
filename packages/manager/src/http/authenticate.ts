// Who is asking: a bearer token or a session cookie. A cookie is sent by the browser whoever made the page, so a
// request that changes something must then come from our own page.

import { Fault } from '@mainstay/core/fault';
import { sessionCookie } from '@mainstay/wire/session';
import type { FastifyRequest } from 'fastify';
import { bearer } from '../app/credentials.ts';
import type { World } from '../world.ts';

export interface Caller {
  readonly name: string;
  /** The session's secret and end, when a cookie let the caller in. */
  readonly session: { readonly secret: string; readonly expiresAt: number | null } | null;
}

/** @throws Fault `unauthenticated`, or `forbidden` for a cross-site request */
export async function authenticate(world: World, request: FastifyRequest): Promise<Caller> {
  const now = world.clock.now();
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const secret = /^Bearer +([A-Za-z0-9_-]{1,200})$/i.exec(authorization)?.[1];
    const token = secret === undefined ? null : await bearer(world.store, 'token', secret, now);
    if (!token)
      throw new Fault('unauthenticated', 'This bearer token is not known here. Make one with: npx mainstay token create --name NAME');
    return { name: token.name, session: null };
  }
  const secret = request.cookies[sessionCookie];
  const session = secret ? await bearer(world.store, 'session', secret, now) : null;
  if (!secret || !session) {
    throw new Fault('unauthenticated', 'Sign in with a link from: npx mainstay sign-in-link — or send a bearer token.');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD' && !fromOurPage(request)) {
    throw new Fault('forbidden', 'This request did not come from Mainstay’s own page.');
  }
  return { name: session.name, session: { secret, expiresAt: session.expiresAt } };
}

function fromOurPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = request.headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.host;
}
