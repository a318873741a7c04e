// Signing in and out on the page.

import { ownerOfAll } from '@mainstay/core/access';
import { sessionCookie } from '@mainstay/wire/session';
import { issue, revoke, useUp } from '../app/credentials.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

export function sessionHandlers(world: World): Handlers<'signIn' | 'getSession' | 'signOut'> {
  return {
    signIn: async ({ body }, { request, reply }) => {
      const now = world.clock.now();
      const { name } = await useUp(world.store.db, 'sign-in', body.code, now);
      const session = await issue(world.store, { kind: 'session', name, grants: ownerOfAll }, now);
      reply.setCookie(sessionCookie, session.secret, {
        httpOnly: true,
        sameSite: 'strict',
        path: '/',
        secure: request.protocol === 'https',
        ...(session.expiresAt === null ? {} : { expires: new Date(session.expiresAt) }),
      });
      return { name, expiresAt: session.expiresAt };
    },
    getSession: async (_, { caller }) => ({ name: caller.name, expiresAt: caller.bearer?.expiresAt ?? null }),
    signOut: async (_, { caller, reply }) => {
      if (caller.bearer?.kind === 'session') await revoke(world.store.db, caller.bearer.credentialId);
      reply.clearCookie(sessionCookie, { path: '/' });
      return undefined;
    },
  };
}
