// People over HTTP: accounts, invitations, and what is one's own.

import type { AccountId } from '@mainstay/core/id';
import { accountOf, changeAccount, listAccounts, removeAccount } from '../app/accounts.ts';
import { lifetimesMs, personOf } from '../app/credentials.ts';
import { invite, listInvitations, revokeInvitation } from '../app/invitations.ts';
import { createResetLink } from '../app/reset-links.ts';
import { endOtherSessions, endSession, endSessions, listSessions } from '../app/sessions.ts';
import type { AccountRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import type { Context, Handlers } from './bind.ts';

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
  /** Who it is about, by the name that they have now. @throws Fault `not-found` */
  const about = async (context: Context, { accountId }: { accountId: AccountId }): Promise<AccountRow> => {
    const row = await accountOf(world.store.db, accountId);
    context.about({ kind: 'account', id: row.id, name: row.name });
    return row;
  };
  return {
    listAccounts: async () => ({ items: await listAccounts(world.store.db) }),
    changeAccount: async ({ params, body }, context) => {
      await about(context, params);
      return changeAccount(world, params.accountId, body);
    },
    removeAccount: async ({ params }, context) => {
      await about(context, params);
      await removeAccount(world, params.accountId);
      return undefined;
    },
    endSessions: async ({ params }, context) => {
      await about(context, params);
      await endSessions(world, params.accountId);
      return undefined;
    },
    createResetLink: async ({ params }, context) => {
      const row = await about(context, params);
      const { secret, expiresAt } = await createResetLink(world.store, row, context.caller.bearer?.account?.id ?? null, world.clock.now());
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
