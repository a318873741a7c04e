// What a person should look at now, as sentences: what happened, how we know, what is safe. Nothing is told twice: of a
// host that is not heard only the host is told, since nothing is assumed about its servers.

import { loopAmong } from '@mainstay/core/crash-loop';
import { type Quota, quotaBytes } from '@mainstay/core/disk';
import type { AgentId } from '@mainstay/core/id';
import type { Agent } from '@mainstay/wire/agents';
import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { ageText, clockText } from '../ui/age.ts';
import { bytesText, memoryText } from '../ui/bytes.ts';
import type { ShapeName } from '../ui/shape.tsx';
import { silenceOf, silenceOfHost, silentSince, worldGone } from './hearing.ts';
import { reasonText } from './reasons.ts';
import { stateFaces, unheardFace } from './state-faces.ts';

export interface AttentionItem {
  readonly key: string;
  readonly shape: ShapeName;
  readonly ink: string;
  readonly subject: string;
  /** What happened, in words that may hold its age. */
  readonly what: (now: number) => string;
  readonly details: readonly string[];
  readonly remedy: /** `look`: what leads to the server's page, where a person should look first; `act`: its primary action mends it. */
    | { readonly kind: 'server'; readonly server: Server; readonly look: string | null; readonly act: boolean }
    | { readonly kind: 'host'; readonly agentId: AgentId };
}

/** Hosts last: a server that lost something is nearer to a person than a host that is quiet. */
export function attentionItems(servers: readonly Server[], agents: readonly Agent[], now: number): AttentionItem[] {
  return [...servers.flatMap((server) => ofServer(server, now)), ...agents.flatMap((agent) => ofHost(agent, servers, now))];
}

function ofServer(server: Server, now: number): AttentionItem[] {
  if (isSeenTo(server)) return [];
  if (server.state === 'failed') return [failed(server)];
  if (silenceOf(server) !== null) return [];
  const cause = server.stateCause;
  if (server.state === 'missing') return [missing(server)];
  if (server.state === 'stopped' && (cause?.code === 'crashed' || cause?.code === 'out-of-memory')) return [crashed(server)];
  if ((server.state === 'running' || server.state === 'stopped') && worldGone(server)) return [dataGone(server)];
  const loop = server.state === 'running' ? loopAmong(server.crashes, now) : [];
  if (loop.length > 0) return [crashLooping(server, loop)];
  if (server.overQuota && server.quota !== null && server.dataBytes !== null && server.state !== 'deleted')
    return [overQuota(server, server.quota, server.dataBytes)];
  return [];
}

/** Somebody has asked for what mends it, and it is being done. What waits for its host is told with the host. */
function isSeenTo({ operation }: Server): boolean {
  return operation !== null && operation.state !== 'waiting';
}

function missing(server: Server): AttentionItem {
  const { stateCause: cause, stateSince, host } = server;
  const why = reasonText(server);
  const lost = cause === null || cause.code === 'removed-outside';
  const restored = cause?.code === 'operation' && cause.operation === 'restore';
  return {
    key: server.id,
    shape: stateFaces.missing.shape,
    ink: stateFaces.missing.ink,
    subject: server.name,
    what: lost
      ? (now) => text.attention.lost(ageText(now - stateSince))
      : restored
        ? () => text.attention.restored
        : (now) => text.attention.bodiless(ageText(now - stateSince)),
    details: [
      ...(cause?.code === 'removed-outside' ? [text.attention.removedOutside(host.name)] : []),
      ...(!lost && !restored && why !== null ? [why] : []),
      ...worldText(server),
    ],
    remedy: { kind: 'server', server, look: null, act: true },
  };
}

function worldText(server: Server): string[] {
  if (server.volumes.length === 0) return [];
  switch (server.dataExists) {
    case 'yes':
      return [text.data.worldSafe(server.dataBytes === null ? null : bytesText(server.dataBytes))];
    case 'no':
      return [text.data.worldGone];
    case 'unknown':
      return [text.data.worldUnknown];
  }
}

function failed(server: Server): AttentionItem {
  const { stateCause: cause, stateSince } = server;
  const why = reasonText(server);
  const known = cause?.code === 'operation-failed';
  return {
    key: server.id,
    shape: stateFaces.failed.shape,
    ink: stateFaces.failed.ink,
    subject: server.name,
    what:
      known && cause.operation === 'create'
        ? () => text.attention.notCreated
        : known && cause.operation === 'start'
          ? () => text.attention.notRecovered
          : (now) => text.attention.failed(ageText(now - stateSince)),
    details: known ? [text.fault(cause.fault, cause.detail)] : why === null ? [] : [why],
    remedy: { kind: 'server', server, look: text.attention.seeWhy, act: true },
  };
}

function crashed(server: Server): AttentionItem {
  const { stateCause: cause, stateSince } = server;
  const exit = cause !== null && 'exit' in cause ? cause.exit : undefined;
  const memory = cause?.code === 'out-of-memory';
  const { memoryMb } = server.limits;
  return {
    key: server.id,
    shape: 'triangle',
    ink: 'text-failed',
    subject: server.name,
    what: (now) => (memory ? text.attention.outOfMemory : text.attention.crashed)(ageText(now - stateSince)),
    details: [
      ...(exit ? [text.attention.exitCode(exit.code)] : []),
      ...(memory && memoryMb !== null ? [text.attention.limit(memoryText(memoryMb * 1024 * 1024))] : []),
      text.attention.untilYou,
    ],
    remedy: { kind: 'server', server, look: text.attention.seeWhy, act: false },
  };
}

/** The engine starts it again each time: it runs, and is of no use to anybody. */
function crashLooping(server: Server, crashes: readonly number[]): AttentionItem {
  const [first = 0] = crashes;
  return {
    key: server.id,
    shape: 'triangle',
    ink: 'text-failed',
    subject: server.name,
    what: (now) => text.attention.crashLoop(crashes.length, ageText(now - first)),
    details: [text.attention.crashLoopDetail],
    remedy: { kind: 'server', server, look: text.attention.seeWhy, act: false },
  };
}

function dataGone(server: Server): AttentionItem {
  return {
    key: server.id,
    shape: 'triangle',
    ink: 'text-failed',
    subject: server.name,
    what: () => text.attention.dataGone,
    details: [text.attention.dataGoneDetail(server.host.name)],
    remedy: { kind: 'server', server, look: text.attention.look, act: false },
  };
}

function overQuota(server: Server, quota: Quota, bytes: number): AttentionItem {
  return {
    key: server.id,
    shape: 'triangle',
    ink: 'text-missing',
    subject: server.name,
    what: () => text.attention.overQuota(bytesText(bytes), bytesText(quotaBytes(quota))),
    details: quota.refuseStarts ? [text.disk.refusesStart] : [],
    remedy: { kind: 'server', server, look: text.attention.look, act: false },
  };
}

function nearlyFull({ id, name, facts, disk }: Agent): AttentionItem {
  const free = facts?.diskFreeBytes ?? disk?.freeBytes ?? null;
  return {
    key: `${id} disk`,
    shape: 'triangle',
    ink: 'text-missing',
    subject: name,
    what: () => text.attention.nearlyFull(free === null ? null : bytesText(free)),
    details: [text.attention.nearlyFullDetail],
    remedy: { kind: 'host', agentId: id },
  };
}

function ofHost(agent: Agent, servers: readonly Server[], now: number): AttentionItem[] {
  const silence = silenceOfHost(agent);
  if (silence === null) return agent.nearlyFull ? [nearlyFull(agent)] : [];
  const since = silentSince(agent);
  const held = servers.filter((server) => server.agentId === agent.id).length;
  const shownAsOf = held > 0 && since !== null ? [text.attention.shownAsOf(held, clockText(since, now))] : [];
  const what = {
    away: () => (since === null ? () => text.attention.neverHeard : (at: number) => text.attention.away(ageText(at - since))),
    unreachable: () => (at: number) => text.attention.unreachable(ageText(at - (since ?? at))),
    other: () => () => text.attention.other,
  }[silence]();
  return [
    {
      key: agent.id,
      shape: 'question',
      ink: unheardFace.ink,
      subject: agent.name,
      what,
      details: silence === 'other' ? [text.attention.otherDetail] : shownAsOf,
      remedy: { kind: 'host', agentId: agent.id },
    },
  ];
}
