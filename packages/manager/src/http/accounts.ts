// People over HTTP: accounts, invitations, and what is one's own.

import { changeAccount, createResetLink, endSessions, listAccounts, removeAccount } from '../app/accounts.ts';
import { lifetimesMs, personOf } from '../app/credentials.ts';
import { invite, listInvitations, revokeInvitation } from '../app/invitations.ts';
import { endOtherSessions, endSession, listSessions } from '../app/own-account.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

type Names =
  | 'listAccounts'
  | 'changeAccount'
  | 'removeAccount'
  | 'endSessions'
  | 'createResetLink'
  | 'listInvitations'
  | 'createInvitation'
  | 'revokeInvitation'
  | 'listOwnSessions'
  | 'endOwnSession'
  | 'endOtherSessions';

export function accountHandlers(world: World): Handlers<Names> {
  return {
    listAccounts: async () => ({ items: await listAccounts(world.store.db) }),
    changeAccount: async ({ params, body }) => changeAccount(world, params.accountId, body),
    removeAccount: async ({ params }) => {
      await removeAccount(world, params.accountId);
      return undefined;
    },
    endSessions: async ({ params }) => {
      await endSessions(world, params.accountId);
      return undefined;
    },
    createResetLink: async ({ params }) => {
      const { secret, expiresAt } = await createResetLink(world, params.accountId);
      return { code: secret, expiresAt: expiresAt ?? world.clock.now() + lifetimesMs.reset };
    },
    listInvitations: async () => ({ items: await listInvitations(world.store.db, world.clock.now()) }),
    createInvitation: async ({ body }, { caller }) => invite(world, caller, body),
    revokeInvitation: async ({ params }) => {
      await revokeInvitation(world, params.invitationId);
      return undefined;
    },
    listOwnSessions: async (_, { caller }) => ({ items: await listSessions(world, personOf(caller)) }),
    endOwnSession: async ({ params }, { caller }) => {
      await endSession(world, personOf(caller), params.sessionId);
      return undefined;
    },
    endOtherSessions: async (_, { caller }) => {
      await endOtherSessions(world, personOf(caller));
      return undefined;
    },
  };
}
