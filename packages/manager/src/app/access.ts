// Whether somebody may do something, and what they are told when not: of what they may not even see, that it is not there.

import {
  type Access,
  type Grant,
  may,
  maySomewhere,
  missing,
  type Reach,
  type Right,
  reaches,
  type Scope,
  type Target,
} from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { AgentId, OperationId, ServerId } from '@mainstay/core/id';
import type { Needs } from '@mainstay/wire/contract';
import type { ExpressionBuilder } from 'kysely';
import type { Tables } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import { type Caller, personOf } from './credentials.ts';

const nouns = { host: 'agent', server: 'server', operation: 'operation' } as const;

/**
 * @param params the path's, validated
 * @throws Fault `forbidden`, `not-found`
 */
export async function refuseUnlessMay(reader: Reader, caller: Caller, needs: Needs, params: unknown): Promise<void> {
  const { access } = caller;
  if (needs === 'none' || needs === 'signed-in') return;
  if (needs === 'person') return void personOf(caller);
  const [right, on] = needs;
  if (on === 'somewhere') return refuseUnlessSomewhere(access, right);
  if (on === 'installation') return refuseUnless(access, right, { kind: 'installation' });
  const target = await targets[on](reader, params as never);
  if (target) return refuseUnless(access, right, target, nouns[on]);
  // Whoever has the right on all that there is may be told by the handler itself that this is not there.
  if (reaches(access, right).length > 0) throw notThere(nouns[on]);
}

/** @throws Fault `forbidden`; `not-found` for who may not see it */
export function refuseUnless(access: Access, right: Right, target: Target, noun = 'such thing'): void {
  if (may(access, right, target)) return;
  if (target.kind !== 'installation' && !may(access, 'see', target)) throw notThere(noun);
  throw forbidden(right);
}

/** @throws Fault `forbidden` */
export function refuseUnlessSomewhere(access: Access, right: Right): void {
  if (!maySomewhere(access, right)) throw forbidden(right);
}

function forbidden(right: Right): Fault {
  return new Fault('forbidden', missing(right), { extra: { right } });
}

function notThere(noun: string): Fault {
  return new Fault('not-found', `There is no ${noun} with this id.`);
}

/** What a path names, with the host that it is on; null: there never was such a thing. */
const targets = {
  host: async (reader: Reader, { agentId }: { agentId: AgentId }): Promise<Target | null> => {
    const row = await reader.selectFrom('agents').select('id').where('id', '=', agentId).executeTakeFirst();
    return row ? { kind: 'host', agentId } : null;
  },
  server: async (reader: Reader, { serverId }: { serverId: ServerId }): Promise<Target | null> => {
    const row =
      (await reader.selectFrom('servers').select('agent_id').where('id', '=', serverId).executeTakeFirst()) ??
      // Its history outlives it.
      (await reader
        .selectFrom('events')
        .select('agent_id')
        .where('server_id', '=', serverId)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst());
    return row?.agent_id ? { kind: 'server', serverId, agentId: row.agent_id } : null;
  },
  operation: async (reader: Reader, { operationId }: { operationId: OperationId }): Promise<Target | null> => {
    const row = await reader.selectFrom('operations').select(['server_id', 'agent_id']).where('id', '=', operationId).executeTakeFirst();
    return row ? { kind: 'server', serverId: row.server_id, agentId: row.agent_id } : null;
  },
} as const;

/** What a scope covers, as a target; null: there is no such host or server. */
export async function scopeTarget(reader: Reader, scope: Scope): Promise<Target | null> {
  if (scope.kind === 'everything') return { kind: 'installation' };
  if (scope.kind === 'host') return targets.host(reader, scope);
  const row = await reader.selectFrom('servers').select('agent_id').where('id', '=', scope.serverId).executeTakeFirst();
  return row ? { kind: 'server', serverId: scope.serverId, agentId: row.agent_id } : null;
}

/** @throws Fault `invalid-request` for a host or a server that there is not */
export async function assertScopes(reader: Reader, grants: readonly Grant[]): Promise<void> {
  for (const [at, { scope }] of grants.entries()) {
    if (!(await scopeTarget(reader, scope))) throw noSuchScope(scope, `/grants/${at}`);
  }
}

export function noSuchScope({ kind }: Scope, path: string): Fault {
  const message = `There is no such ${kind}.`;
  return new Fault('invalid-request', `body${path}: ${message}`, { extra: { errors: [{ path, message }] } });
}

/** For `where` on servers: those on which all of `reaches` hold. */
export const withinReach = (all: readonly Reach[]) => (e: ExpressionBuilder<Tables, 'servers'>) =>
  e.and(
    all
      .filter((reach) => reach !== 'everywhere')
      .map(({ agentIds, serverIds }) =>
        e.or([
          ...(agentIds.size === 0 ? [] : [e('agent_id', 'in', [...agentIds])]),
          ...(serverIds.size === 0 ? [] : [e('id', 'in', [...serverIds])]),
        ]),
      ),
  );
