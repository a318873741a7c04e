// What must hold after every scenario, whatever was broken: one table, one checker, used by all. Some of it must hold at
// every moment; the rest once all is settled, which is waited for. It reads from outside only.

import { setTimeout as pause } from 'node:timers/promises';
import { type SightingKind, settling } from '@mainstay/core/lifecycle';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';

import { breaksIn } from './history.ts';
import { type Ground, type Seen, type SeenContainer, type SeenServer, see } from './seen.ts';

/** What people were promised so far: what was acknowledged to them, and the data that nobody may lose. */
export class Promised {
  readonly operations = new Map<string, Pick<Operation, 'id' | 'kind' | 'serverId'>>();
  /** The revisions of records that were changed, by server. */
  readonly revisions = new Map<string, number>();
  readonly data = new Map<string, Pick<Server, 'id' | 'agentId'> & { readonly fingerprint: string }>();

  /** Somebody was told that this will be done. @returns it */
  acknowledge<O extends Pick<Operation, 'id' | 'kind' | 'serverId'>>(operation: O): O {
    this.operations.set(operation.id, operation);
    return operation;
  }

  /** Somebody was told that its record is so from now on. */
  revise({ id, revision }: Pick<Server, 'id' | 'revision'>): void {
    this.revisions.set(id, Math.max(revision, this.revisions.get(id) ?? 0));
  }

  /** This is in its data from now on. */
  keep({ id, agentId }: Pick<Server, 'id' | 'agentId'>, fingerprint: string): void {
    this.data.set(id, { id, agentId, fingerprint });
  }

  /** Somebody asked for its data to be removed. */
  release({ id }: Pick<Server, 'id'>): void {
    this.data.delete(id);
  }
}

interface Invariant {
  readonly when: 'always' | 'settled';
  readonly broken: (seen: Seen, promised: Promised) => string[];
}

export const invariants = {
  'every acknowledged request is in the store': { when: 'always', broken: lostRequests },
  'no (host, protocol, port) twice': { when: 'always', broken: portsTwice },
  'at most one container a server carries its identity, the recorded one': { when: 'settled', broken: strayBodies },
  'data of a server not purged with it is there, byte for byte': { when: 'always', broken: lostData },
  'no state claims what the engine does not show': { when: 'settled', broken: untrueStates },
  'every operation ended or is going on': { when: 'always', broken: lostOperations },
  'nothing is left to do': { when: 'settled', broken: openOperations },
  'the database is sound': { when: 'always', broken: ({ damage }) => [...damage] },
  'the history of each server is a path in the lifecycle': { when: 'always', broken: brokenHistories },
  'list, details, event stream and page say the same': { when: 'settled', broken: disagreeingViews },
} as const satisfies Record<string, Invariant>;

export type InvariantName = keyof typeof invariants;

export interface Violation {
  readonly invariant: InvariantName;
  readonly detail: string;
}

/** Looks once. @param only see there */
export async function violations(ground: Ground, promised: Promised, only: ReadonlySet<string> | null = null): Promise<Violation[]> {
  const seen = await see(ground, [...promised.data.values()], only);
  return (Object.keys(invariants) as InvariantName[]).flatMap((invariant) =>
    invariants[invariant].broken(seen, promised).map((detail) => ({ invariant, detail })),
  );
}

export class Violated extends Error {
  readonly violations: readonly Violation[];

  constructor(found: readonly Violation[]) {
    super(found.map(({ invariant, detail }) => `not so that ${invariant}: ${detail}`).join('\n'));
    this.violations = found;
  }
}

/** Longer than a host that reconnects, is looked at and settled ever takes on a loaded machine. */
const settledMs = 60_000;
const everyMs = 100;

export interface Holding {
  /** The ids of the servers that are looked at; left out: all. */
  readonly only?: ReadonlySet<string>;
  readonly deadlineMs?: number;
}

/**
 * Waits until all of it holds.
 * @throws Violated at once when something does not hold that must at every moment; when the time is over, with the rest
 */
export async function untilAllHold(ground: Ground, promised: Promised, { only, deadlineMs = settledMs }: Holding = {}): Promise<void> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    // A manager that is being started again answers nobody for a moment.
    const found = await violations(ground, promised, only).catch((error: unknown) => {
      if (performance.now() > giveUpAt) throw error;
      return null;
    });
    if (found?.length === 0) return;
    if (found === null) {
      await pause(everyMs);
      continue;
    }
    const now = found.filter(({ invariant }) => invariants[invariant].when === 'always');
    if (now.length > 0) throw new Violated(now);
    if (performance.now() > giveUpAt) throw new Violated(found);
    await pause(everyMs);
  }
}

function lostRequests({ operations, servers }: Seen, promised: Promised): string[] {
  const rows = new Map(operations.map((row) => [row.id as string, row]));
  const recorded = new Set<string>(servers.map(({ id }) => id));
  const purged = new Set<string>(
    operations.flatMap(({ kind, state, server_id }) => (kind === 'purge' && state === 'succeeded' ? [server_id] : [])),
  );
  const lost = [...promised.operations.values()].flatMap(({ id, kind, serverId }) => {
    if (!rows.has(id)) return [`the ${kind} ${id} of server ${serverId} is not there`];
    return recorded.has(serverId) || purged.has(serverId) ? [] : [`server ${serverId} is gone and nobody purged it`];
  });
  const forgotten = servers.flatMap(({ id, name, revision }) => {
    const told = promised.revisions.get(id) ?? 0;
    return revision < told ? [`a change of ${name} is not there: its record is at revision ${revision}, and was at ${told}`] : [];
  });
  return [...lost, ...forgotten];
}

function portsTwice({ ports }: Seen): string[] {
  const byPort = Map.groupBy(ports, ({ agent_id, protocol, host_port }) => `${host_port}/${protocol} on host ${agent_id}`);
  return [...byPort].flatMap(([port, holders]) =>
    holders.length > 1 ? [`${port} is held by servers ${holders.map(({ server_id }) => server_id).join(' and ')}`] : [],
  );
}

const bodiesOf = ({ containers }: Seen, { id }: Pick<SeenServer, 'id'>): SeenContainer[] =>
  containers.filter(({ serverId }) => serverId === id);

function strayBodies(seen: Seen): string[] {
  const known = new Set<string>(seen.servers.map(({ id }) => id));
  const nobodys = seen.containers.filter(({ serverId }) => !known.has(serverId)).map(({ name }) => `container ${name} is no server’s`);
  return [
    ...nobodys,
    ...seen.servers.flatMap((server) => {
      const bodies = bodiesOf(seen, server);
      if (bodies.length > 1) return [`${server.name} has ${bodies.length} containers: ${bodies.map(({ name }) => name).join(', ')}`];
      const [body] = bodies;
      return body && body.id !== server.container_id ? [`${server.name}’s container ${body.name} is not the recorded one`] : [];
    }),
  ];
}

function lostData({ fingerprints }: Seen, { data }: Promised): string[] {
  return [...data.values()].flatMap(({ id, fingerprint }) => {
    const found = fingerprints.get(id) ?? null;
    return found === fingerprint ? [] : [`that of server ${id} was ${fingerprint} and is ${found ?? 'gone'}`];
  });
}

function untrueStates(seen: Seen): string[] {
  return seen.servers.flatMap((server) => {
    const body = bodiesOf(seen, server).find(({ id }) => id === server.container_id);
    const sighting: SightingKind = body === undefined ? 'absent' : body.runs ? 'running' : 'not-running';
    const meaning = settling[server.state][sighting];
    return meaning === 'keep' ? [] : [`${server.name} is called ${server.state} and its container is ${sighting}`];
  });
}

/** Open ones go on only as long as their server is there to have something done to it, and each has one at most. */
function lostOperations({ operations, servers }: Seen): string[] {
  const recorded = new Set<string>(servers.map(({ id }) => id));
  const open = operations.filter(({ ended_at }) => ended_at === null);
  const halfEnded = operations.filter(
    ({ ended_at, state }) => (ended_at === null) === ['succeeded', 'failed', 'cancelled'].includes(state),
  );
  const twice = [...Map.groupBy(open, ({ server_id }) => server_id)].filter(([, of]) => of.length > 1);
  return [
    ...halfEnded.map(({ id, state }) => `operation ${id} is ${state}, and its end is not so`),
    ...open.flatMap(({ id, server_id }) => (recorded.has(server_id) ? [] : [`operation ${id} is open on a server that is gone`])),
    ...twice.map(([serverId, of]) => `server ${serverId} has ${of.length} open operations`),
  ];
}

function openOperations({ operations }: Seen): string[] {
  return operations.flatMap(({ ended_at, kind, id, state }) => (ended_at === null ? [`the ${kind} ${id} is ${state}`] : []));
}

function brokenHistories({ histories, servers }: Seen): string[] {
  const byId = new Map<string, SeenServer>(servers.map((server) => [server.id, server]));
  return [...new Set([...histories.keys(), ...byId.keys()])].flatMap((id) =>
    breaksIn(histories.get(id) ?? [], byId.get(id)?.state ?? null).map((wrong) => `server ${id}: ${wrong}`),
  );
}

/** What tells one view of a server from another: all that changes by what is done to it. */
const face = ({ name, state, intent, stateReason, containerId, dataExists, ports, revision, operation }: Server): string =>
  JSON.stringify({ name, state, intent, stateReason, containerId, dataExists, ports, revision, operation: operation?.id ?? null });

function disagreeingViews({ servers, listed, shown, streamed, onPage }: Seen): string[] {
  const inList = new Map<string, Server>(listed.map((server) => [server.id, server]));
  const rows = servers.flatMap(({ id, name, state }) => {
    const view = inList.get(id);
    if (!view) return [`${name} is not in the list`];
    const detail = shown.get(id);
    if (view.state !== state) return [`${name} is ${state} in the store and ${view.state} in the list`];
    if (!detail || face(detail) !== face(view)) return [`${name} in the list and by itself: ${face(view)} and ${detail && face(detail)}`];
    const told = streamed.get(id);
    if (told !== undefined && (told === null || face(told) !== face(view)))
      return [`${name} in the list and in the event stream: ${face(view)} and ${told && face(told)}`];
    const page = onPage?.get(name);
    if (onPage && state !== 'deleted' && page !== state) return [`${name} is ${state} in the list and ${page ?? 'not there'} on the page`];
    return [];
  });
  const recorded = new Set<string>(servers.map(({ id }) => id));
  return [...rows, ...listed.flatMap(({ id, name }) => (recorded.has(id) ? [] : [`${name} is in the list and in no record`]))];
}
