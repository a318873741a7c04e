// Signing in and out on the page.

import { sessionCookie } from '@mainstay/wire/session';
import { issue, revoke, useUp } from '../app/credentials.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

export function sessionHandlers(world: World): Handlers<'signIn' | 'getSession' | 'signOut'> {
  return {
    signIn: async ({ body }, { request, reply }) => {
      const now = world.clock.now();
      const { name } = await useUp(world.store.db, 'sign-in', body.code, now);
      const session = await issue(world.store, 'session', name, now);
      reply.setCookie(sessionCookie, session.secret, {
        httpOnly: true,
        sameSite: 'strict',
        path: '/',
        secure: request.protocol === 'https',
        ...(session.expiresAt === null ? {} : { expires: new Date(session.expiresAt) }),
      });
      return { name, expiresAt: session.expiresAt };
    },
    getSession: async (_, { caller }) => ({ name: caller.name, expiresAt: caller.session?.expiresAt ?? null }),
    signOut: async (_, { caller, reply }) => {
      if (caller.session) await revoke(world.store, 'session', caller.session.secret);
      reply.clearCookie(sessionCookie, { path: '/' });
      return undefined;
    },
  };
}
