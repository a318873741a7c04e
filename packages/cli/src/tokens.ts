// API tokens on the manager's own machine: made, listed, revoked. A running manager knows of it by the next request, and ends what
// a revoked one had opened within seconds.

import { type Grant, type Role, roles, type Scope } from '@mainstay/core/access';
import { issue, revoke } from '@mainstay/manager/app/credentials';
import { newId } from '@mainstay/manager/random';
import type { Store } from '@mainstay/manager/sql/store';
import { tokenName } from '@mainstay/wire/tokens';
import { wordsOfGrants } from './accounts.ts';
import { note, withStore } from './credentials.ts';
import { Misuse } from './fail.ts';

const dayMs = 24 * 60 * 60 * 1000;

export interface TokenOptions {
  /** Left out, each token gets a name of its own: it is who asks, in the history and for idempotency keys. */
  readonly name?: string;
  readonly role: string;
  readonly host?: readonly string[];
  readonly server?: readonly string[];
  readonly days?: string;
}

export async function createToken(options: TokenOptions): Promise<void> {
  const name = options.name ?? `token-${newId<string>().slice(0, 6)}`;
  if (!tokenName.min(1).safeParse(name).success) throw new Misuse('--name must be 1 to 64 characters without control characters.');
  const role = roles.find((known) => known === options.role);
  if (!role) throw new Misuse(`--role is “${options.role}”; it must be one of ${roles.join(', ')}.`);
  if (role === 'owner' && (options.host || options.server)) {
    throw new Misuse('An owner is owner of everything. For single hosts or servers give another --role, such as admin.');
  }
  const days = options.days === undefined ? null : Number(options.days);
  if (days !== null && !(days > 0 && days <= 3650))
    throw new Misuse(`--days is “${options.days}”; it must be a number of days up to 3650.`);
  await withStore(async (store) => {
    const now = Date.now();
    const grants = await grantsOf(store, role, options);
    const { id, secret } = await issue(store, { kind: 'token', name, grants, expiresAt: days === null ? null : now + days * dayMs }, now);
    await note(store, 'createToken', { kind: 'token', id, name });
    process.stdout.write(`${secret}\n`);
  });
}

async function grantsOf(store: Store, role: Role, { host = [], server = [] }: TokenOptions): Promise<Grant[]> {
  if (host.length + server.length === 0) return [{ role, scope: { kind: 'everything' } }];
  const scopes: Scope[] = [];
  for (const name of host) {
    const row = await store.db.selectFrom('agents').select('id').where('name', '=', name).executeTakeFirst();
    scopes.push({ kind: 'host', agentId: found(row, 'host', name).id });
  }
  for (const name of server) {
    const row = await store.db.selectFrom('servers').select('id').where('name', '=', name).executeTakeFirst();
    scopes.push({ kind: 'server', serverId: found(row, 'server', name).id });
  }
  return scopes.map((scope) => ({ role, scope }));
}

function found<Row>(row: Row | undefined, option: 'host' | 'server', name: string): Row {
  if (row === undefined) throw new Misuse(`--${option} is “${name}”; there is no ${option} of that name.`);
  return row;
}

export async function listTokens(): Promise<void> {
  await withStore(async (store) => {
    const inWords = await wordsOfGrants(store);
    const rows = await store.db.selectFrom('credentials').selectAll().where('kind', '=', 'token').orderBy('created_at').execute();
    for (const row of rows) {
      const grants: Grant[] = JSON.parse(row.grants_json ?? '[]');
      const given = grants.map(inWords).join(', ');
      const [used, ends] = [row.last_used_at, row.expires_at].map((at) => (at === null ? 'never' : new Date(at).toISOString()));
      process.stdout.write(`${row.id}  ${row.name}  ${given}  last used ${used}  expires ${ends}\n`);
    }
  });
}

/** @param which its id, or its name when no other has that */
export async function revokeToken(which: string): Promise<void> {
  await withStore(async (store) => {
    const tokens = await store.db.selectFrom('credentials').select(['id', 'name']).where('kind', '=', 'token').execute();
    const byId = tokens.filter(({ id }) => id === which);
    const [token, another] = byId.length > 0 ? byId : tokens.filter(({ name }) => name === which);
    if (another) throw new Misuse(`Several tokens are called “${which}”; name one by its id. See: ./mainstay token list`);
    if (!token || !(await revoke(store.db, token.id))) throw new Misuse(`There is no token “${which}”. See: ./mainstay token list`);
    await note(store, 'revokeToken', { kind: 'token', id: token.id, name: token.name });
  });
}
