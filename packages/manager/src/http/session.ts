// Signing in and out on the page. Whoever signs in gets a session of their own making: one that the browser had before ends.

import { type Grant, ownerOfAll } from '@mainstay/core/access';
import { knownCookie, sessionCookie } from '@mainstay/wire/session';
import { ssoCookie } from '@mainstay/wire/sso';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { makeOwner, nobodyHasAccount } from '../app/accounts.ts';
import type { AuditTarget } from '../app/audit.ts';
import { changePassword } from '../app/change-password.ts';
import { bearer, issue, personOf, revoke, useUp } from '../app/credentials.ts';
import { accountByCode, refuseWithoutSecondFactor } from '../app/factors.ts';
import { acceptInvitation, readInvitation } from '../app/invitations.ts';
import { accountByPasskey, authenticationOptions } from '../app/passkeys.ts';
import { readResetLink, resetPassword } from '../app/reset-links.ts';
import { accountByPassword } from '../app/sign-in.ts';
import { finishSso } from '../app/single-sign-on.ts';
import { hashOf } from '../random.ts';
import type { AccountRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import type { Context, Handlers } from './bind.ts';
import { placeOf } from './factors.ts';

type Names =
  | 'signIn'
  | 'signInByPassword'
  | 'signInByCode'
  | 'finishSso'
  | 'askPasskey'
  | 'signInByPasskey'
  | 'getSession'
  | 'signOut'
  | 'makeOwner'
  | 'readInvitation'
  | 'readResetLink'
  | 'acceptInvitation'
  | 'resetPassword'
  | 'changePassword';

/** A session by a link of the manager's machine, once there is an owner: enough to help somebody in. */
const byLinkMs = 60 * 60 * 1000;
/** How long a browser is known that somebody signed in with. */
const knownMs = 365 * 24 * 60 * 60 * 1000;

type Session = { readonly name: string; readonly account: Pick<AccountRow, 'id' | 'name' | 'grants_json'> | null };

export function sessionHandlers(world: World): Handlers<Names> {
  /** Begins a session, and answers who it is. */
  const begin = async ({ name, account }: Session, { request, reply }: Pick<Context, 'request' | 'reply'>) => {
    const now = world.clock.now();
    await endFormer(world, request);
    const ownerMissing = await nobodyHasAccount(world.store.db);
    const { secret, expiresAt } = await issue(
      world.store,
      {
        kind: 'session',
        name,
        ...(account === null ? { grants: ownerOfAll } : { accountId: account.id }),
        ...(account === null && !ownerMissing ? { expiresAt: now + byLinkMs } : {}),
        address: request.ip,
        userAgent: request.headers['user-agent'] ?? '',
      },
      now,
    );
    if (account) await world.store.db.updateTable('accounts').set({ last_signed_in_at: now }).where('id', '=', account.id).execute();
    setCookie(request, reply, sessionCookie, secret, expiresAt);
    if (account) setCookie(request, reply, knownCookie, world.vault.seal(account.id, knownCookie), now + knownMs);
    const grants: Grant[] = account === null ? [...ownerOfAll] : JSON.parse(account.grants_json);
    return {
      name,
      expiresAt,
      account: account && { id: account.id, name: account.name },
      access: { grants, within: null },
      ownerMissing,
    };
  };
  const beginAs = (account: AccountRow, context: Context) => begin({ name: account.name, account }, context);
  /** The same, unless the account asks for more than was shown so far. */
  const admit = async (account: AccountRow, context: Context) => beginAs(await refuseWithoutSecondFactor(world, account), context);

  /** A code is good once whoever brings it; how often wrong ones are brought is bounded. */
  const withCode = async <T>({ request }: Context, use: () => Promise<T>): Promise<T> => {
    const good = world.attempts.begin('secret', request.ip);
    const used = await use();
    good();
    return used;
  };

  return {
    signIn: async ({ body }, context) => {
      const { name } = await withCode(context, () => useUp(world.store.db, 'sign-in', body.code, world.clock.now()));
      return begin({ name, account: null }, context);
    },
    signInByPassword: async ({ body }, context) => {
      context.about(await tried(world, body.name));
      return admit(
        await accountByPassword(world, { address: context.request.ip, knownAs: knownAs(world, context.request) }, body),
        context,
      );
    },
    finishSso: async ({ body }, context) => {
      const { request, reply } = context;
      const account = await withCode(context, () => finishSso(world, placeOf(world, request), request.cookies[ssoCookie], body.query));
      reply.clearCookie(ssoCookie, { path: '/api/session/sso' });
      return beginAs(account, context);
    },
    signInByCode: async ({ body }, context) => beginAs(await accountByCode(world, body), context),
    askPasskey: async (_, { request }) => {
      world.attempts.begin('ask', request.ip);
      return { options: { ...(await authenticationOptions(world, placeOf(world, request))) } };
    },
    signInByPasskey: async ({ body }, context) =>
      beginAs(await withCode(context, () => accountByPasskey(world, placeOf(world, context.request), body.response)), context),
    readInvitation: ({ body }, context) => withCode(context, () => readInvitation(world, body.code)),
    readResetLink: ({ body }, context) => withCode(context, () => readResetLink(world, body.code)),
    acceptInvitation: async ({ body }, context) => beginAs(await withCode(context, () => acceptInvitation(world, body)), context),
    resetPassword: async ({ body }, context) => {
      const row = await withCode(context, () => resetPassword(world, body));
      context.about({ kind: 'account', id: row.id, name: row.name });
      return admit(row, context);
    },
    makeOwner: async ({ body }, context) => beginAs(await makeOwner(world, body), context),
    changePassword: async ({ body }, context) => {
      const person = personOf(context.caller);
      await changePassword(world, person, body);
      const account = await world.store.db
        .selectFrom('accounts')
        .selectAll()
        .where('id', '=', person.bearer.account.id)
        .executeTakeFirstOrThrow();
      return beginAs(account, context);
    },
    getSession: async (_, { caller }) => ({
      name: caller.name,
      expiresAt: caller.bearer?.expiresAt ?? null,
      account: caller.bearer?.account ?? null,
      access: { grants: [...caller.access.grants], within: caller.access.within && [...caller.access.within] },
      ownerMissing: await nobodyHasAccount(world.store.db),
    }),
    signOut: async (_, { caller, reply }) => {
      if (caller.bearer?.kind === 'session') {
        await revoke(world.store.db, caller.bearer.credentialId);
        world.bus.publish({ topic: 'access' });
      }
      reply.clearCookie(sessionCookie, { path: '/' });
      return undefined;
    },
  };
}

/** Whom somebody says to be. A name that nobody has is not kept: it may be a password, typed into the wrong field. */
async function tried({ store: { db } }: World, name: string): Promise<AuditTarget> {
  const row = await db.selectFrom('accounts').select(['id', 'name']).where('name', '=', name.trim().toLowerCase()).executeTakeFirst();
  return { kind: 'account', id: row?.id ?? null, name: row?.name ?? null };
}

/** What a browser had before is no session of whoever signs in now. */
async function endFormer(world: World, request: FastifyRequest): Promise<void> {
  const secret = request.cookies[sessionCookie];
  const former = secret ? await bearer(world.store, 'session', hashOf(secret), world.clock.now()) : null;
  if (former && (await revoke(world.store.db, former.credentialId))) world.bus.publish({ topic: 'access' });
}

/** As whom this browser has signed in before; null: nobody. */
function knownAs(world: World, request: FastifyRequest): string | null {
  try {
    return world.vault.open(request.cookies[knownCookie] ?? '', knownCookie);
  } catch {
    return null;
  }
}

function setCookie(request: FastifyRequest, reply: FastifyReply, name: string, secret: string, expiresAt: number | null): void {
  reply.setCookie(name, secret, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure: request.protocol === 'https',
    ...(expiresAt === null ? {} : { expires: new Date(expiresAt) }),
  });
}
