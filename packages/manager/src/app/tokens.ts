// API tokens as people make, see and revoke them. A person's token never does more than that person may, however that changes.

import { type Grant, may, type Right, rights } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { AccountId, CredentialId } from '@mainstay/core/id';
import type { CreateToken, Token } from '@mainstay/wire/tokens';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import { noSuchScope, refuseUnless, scopeTarget } from './access.ts';
import { type Caller, issue, revoke } from './credentials.ts';

const installation = { kind: 'installation' } as const;

/** Those that the caller made; all of them for who manages people; of a token's, itself alone. */
export async function listTokens(reader: Reader, caller: Caller): Promise<Token[]> {
  const rows = await reader
    .selectFrom('credentials')
    .leftJoin('accounts', 'accounts.id', 'credentials.account_id')
    .selectAll('credentials')
    .select('accounts.name as account_name')
    .where('kind', '=', 'token')
    .orderBy('credentials.created_at')
    .execute();
  const all = may(caller.access, 'accounts', installation);
  const own = (row: { id: CredentialId; account_id: AccountId | null }) =>
    caller.bearer?.kind === 'token' ? row.id === caller.bearer.credentialId : caller.bearer?.account?.id === row.account_id;
  return rows
    .filter((row) => all || own(row))
    .map((row) => ({
      id: row.id,
      name: row.name,
      grants: row.grants_json === null ? [] : JSON.parse(row.grants_json),
      madeBy: row.account_name,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      lastUsedAt: row.last_used_at,
    }));
}

/** @throws Fault `forbidden` when it would do more than the caller may */
export async function createToken(world: World, caller: Caller, wanted: CreateToken): Promise<Token & { token: string }> {
  // A token that makes another would outlive its own end by it: only one that may make people, too, does.
  if (caller.bearer?.kind === 'token') refuseUnless(caller.access, 'accounts', installation);
  const now = world.clock.now();
  if (wanted.expiresAt !== null && wanted.expiresAt <= now) {
    const message = 'That is over already.';
    throw new Fault('invalid-request', `body/expiresAt: ${message}`, { extra: { errors: [{ path: '/expiresAt', message }] } });
  }
  for (const [at, grant] of wanted.grants.entries()) await refuseMore(world.store.db, caller, grant, `/grants/${at}`);
  const { name, grants, expiresAt } = wanted;
  const accountId = caller.bearer?.account?.id ?? null;
  const { id, secret } = await issue(world.store, { kind: 'token', name, grants, expiresAt, accountId }, now);
  return { id, name, grants, madeBy: caller.bearer?.account?.name ?? null, createdAt: now, expiresAt, lastUsedAt: null, token: secret };
}

async function refuseMore(reader: Reader, { access }: Caller, { role, scope }: Grant, path: string): Promise<void> {
  const target = await scopeTarget(reader, scope);
  if (!target || (target.kind !== 'installation' && !may(access, 'see', target))) {
    throw noSuchScope(scope, path);
  }
  const given = (Object.keys(rights) as Right[]).filter((right) => rights[right][role]);
  // What only the installation as a whole knows, nobody can do on a part of it.
  const more = given.find((right) => !may(access, right, target));
  if (more) throw new Fault('forbidden', `A token may do no more than you: the role ${role} there is more.`, { extra: { right: more } });
}

/** @throws Fault `not-found` when there is none that the caller may see */
export async function revokeToken(world: World, caller: Caller, id: CredentialId): Promise<void> {
  const token = (await listTokens(world.store.db, caller)).find((each) => each.id === id);
  if (!token || !(await revoke(world.store.db, id))) throw new Fault('not-found', 'There is no token with this id.');
  world.bus.publish({ topic: 'access' });
}
