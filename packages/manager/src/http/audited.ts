// What of the requests goes into the audit log: all that change something, and whatever somebody was refused for want of a right.
// Not what nobody in particular asked for: anybody could fill the disk with that.

import { Fault, faults } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import type { AuditEntry } from '@mainstay/wire/audit';
import type { Route } from '@mainstay/wire/contract';
import type { FastifyRequest } from 'fastify';
import { type AuditActor, type AuditTarget, actorOf, writeAudit } from '../app/audit.ts';
import type { Caller } from '../app/credentials.ts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';

/** What is known of a request by its end. */
export interface Known {
  readonly request: FastifyRequest;
  /** Null: nobody was let in, and somebody had to be. */
  readonly caller: Caller | null;
  readonly params: unknown;
  /** What the handler says that it was about, where neither path nor answer do. */
  readonly about: AuditTarget | null;
}

type Result = { readonly answer: unknown } | { readonly error: unknown };

export async function audit(world: World, name: string, route: Route, known: Known, result: Result): Promise<void> {
  const { request, caller, params, about } = known;
  const fault = 'error' in result ? codeOf(result.error) : null;
  if (!isAudited(route, known, fault)) return;
  const answer = 'answer' in result ? result.answer : null;
  const target = about ?? (await targetOf(world.store.db, params, answer));
  const entry = {
    ...(caller ? actorWith(caller, answer) : ({ who: null, by: 'nobody', accountId: null } as const)),
    action: name,
    target,
    address: request.ip,
    outcome: outcomeOf(fault),
    code: fault,
  } as const satisfies AuditActor & Partial<AuditEntry>;
  await writeAudit(world.store, entry, world.clock.now()).catch((error: unknown) =>
    world.log.error({ error, entry }, 'the audit log could not be written'),
  );
}

function codeOf(error: unknown) {
  return error instanceof Fault ? error.code : 'internal';
}

function outcomeOf(fault: ReturnType<typeof codeOf> | null): AuditEntry['outcome'] {
  // The first step of a sign-in, or a password chosen anew, is done when the second one is asked for.
  if (fault === null || fault === 'second-factor') return 'done';
  return faults[fault].status < 500 ? 'refused' : 'failed';
}

function isAudited(route: Route, { caller }: Known, fault: ReturnType<typeof codeOf> | null): boolean {
  if (fault === 'rate-limited' || route.quiet) return false;
  if (fault === 'unauthenticated' && route.needs !== 'none') return false;
  if (route.needs === 'none' && (fault === 'invalid-request' || caller === null)) return false;
  return route.kind === 'download' || route.method !== 'GET' || fault === 'forbidden';
}

/** Whoever was let in by this very request is who it was. */
function actorWith(caller: Caller, answer: unknown): AuditActor {
  const { account, name } = (answer ?? {}) as { account?: { id: never; name: string } | null; name: string };
  if (caller.bearer !== null || account === undefined) return actorOf(caller);
  return account ? { who: account.name, by: 'person', accountId: account.id } : { who: name, by: 'machine', accountId: null };
}

/** What is called so in a path, by its parameter's name without `Id`. */
async function targetOf(reader: Reader, params: unknown, answer: unknown): Promise<AuditTarget | null> {
  const { serverId, serverName, agentId, id, name, label } = (answer ?? {}) as Record<string, string | undefined>;
  const { account } = (answer ?? {}) as { account?: { id: string; name: string } | null };
  if (account) return { kind: 'account', id: account.id, name: account.name };
  const named = Object.entries((params ?? {}) as Record<string, string>);
  // The last one names the thing itself: a stray on a host, not the host.
  const [parameter, value] = named.at(-1) ?? [];
  if (parameter === 'serverId') return { kind: 'server', id: value ?? null, name: await serverNameOf(reader, value as ServerId) };
  if (parameter === 'agentId') return { kind: 'host', id: value ?? null, name: await hostNameOf(reader, value as AgentId) };
  if (parameter !== undefined) return { kind: parameter.replace(/Id$/, ''), id: value ?? null, name: serverName ?? name ?? null };
  if (serverId) return { kind: 'server', id: serverId, name: serverName ?? null };
  if (agentId) return { kind: 'host', id: agentId, name: name ?? null };
  return id ? { kind: 'made', id, name: name ?? label ?? null } : null;
}

async function serverNameOf(reader: Reader, id: ServerId): Promise<string | null> {
  return (await reader.selectFrom('servers').select('name').where('id', '=', id).executeTakeFirst())?.name ?? null;
}

async function hostNameOf(reader: Reader, id: AgentId): Promise<string | null> {
  return (await reader.selectFrom('agents').select('name').where('id', '=', id).executeTakeFirst())?.name ?? null;
}
