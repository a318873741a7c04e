// API tokens over HTTP.

import { createToken, listTokens, revokeToken } from '../app/tokens.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

export function tokenHandlers(world: World): Handlers<'listTokens' | 'createToken' | 'revokeToken'> {
  return {
    listTokens: async (_, { caller }) => ({ items: await listTokens(world.store.db, caller) }),
    createToken: async ({ body }, { caller }) => createToken(world, caller, body),
    revokeToken: async ({ params }, { caller }) => {
      await revokeToken(world, caller, params.tokenId);
      return undefined;
    },
  };
}
