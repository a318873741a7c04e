// Single sign-on over HTTP. What was begun is tied to the browser by a cookie of its own.

import { ssoCookie } from '@mainstay/wire/sso';
import { personOf } from '../app/credentials.ts';
import { removeIdentities, startSso } from '../app/single-sign-on.ts';
import type { World } from '../world.ts';
import type { Context, Handlers } from './bind.ts';
import { placeOf } from './factors.ts';

type Names = 'getSignInWays' | 'startSso' | 'tieSso' | 'untieSso';

export function ssoHandlers(world: World): Handlers<Names> {
  const start = async ({ request, reply, caller }: Context, invitation: string | null) => {
    const account = caller.bearer === null ? null : personOf(caller).bearer.account;
    const { url, state } = await startSso(world, placeOf(world, request), account?.id ?? null, invitation);
    reply.setCookie(ssoCookie, state, {
      httpOnly: true,
      sameSite: 'strict',
      path: '/api/session/sso',
      secure: request.protocol === 'https',
      maxAge: 600,
    });
    return { url };
  };
  return {
    getSignInWays: async () => ({ sso: world.sso?.name ?? null }),
    startSso: async ({ body }, context) => {
      world.attempts.begin('secret', context.request.ip);
      return start(context, body.invitation ?? null);
    },
    tieSso: async (_, context) => start(context, null),
    untieSso: async (_, { caller }) => {
      await removeIdentities(world, personOf(caller).bearer.account.id);
      return undefined;
    },
  };
}
