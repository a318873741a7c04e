// Single sign-on over HTTP. What was begun is tied to the browser by a cookie of its own.

import type { AccountId } from '@mainstay/core/id';
import { ssoCookie } from '@mainstay/wire/sso';
import { personOf, recently } from '../app/credentials.ts';
import { removeIdentities, startSso } from '../app/single-sign-on.ts';
import type { World } from '../world.ts';
import type { Context, Handlers } from './bind.ts';
import { placeOf } from './factors.ts';

type Names = 'getSignInWays' | 'startSso' | 'tieSso' | 'untieSso';

export function ssoHandlers(world: World): Handlers<Names> {
  const start = async ({ request, reply }: Context, accountId: AccountId | null, invitation: string | null) => {
    const { url, state } = await startSso(world, placeOf(world, request), accountId, invitation);
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
      world.attempts.begin('ask', context.request.ip);
      return start(context, null, body.invitation ?? null);
    },
    tieSso: async (_, context) => start(context, recently(world.clock, personOf(context.caller)).bearer.account.id, null),
    untieSso: async (_, { caller }) => {
      await removeIdentities(world, recently(world.clock, personOf(caller)).bearer.account.id);
      return undefined;
    },
  };
}
