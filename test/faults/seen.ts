// All that can be seen of a Mainstay from outside at one time, for the checker: the store read beside the manager, the API's
// list, details and event stream, what the engine has, what lies on the disk, and what a page shows.

import { DatabaseSync } from 'node:sqlite';
import { Fault } from '@mainstay/core/fault';
import type { AgentId, OperationId, ServerId } from '@mainstay/core/id';
import type { OperationState, State } from '@mainstay/core/lifecycle';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import type { Caller } from '../e2e/harness/caller.ts';
import type { Told } from './history.ts';

/** A container that carries a server's identity. */
export interface SeenContainer {
  readonly id: string;
  readonly name: string;
  readonly serverId: string;
  readonly runs: boolean;
}

/** A Mainstay, as far as the checker has to do with it. */
export interface Ground {
  readonly caller: Pick<Caller, 'call' | 'changes'>;
  /** The manager's database. */
  readonly database: string;
  /** Every container with the label of one of its servers, on every engine of its hosts. */
  containers(): Promise<readonly SeenContainer[]>;
  /** What cannot change by itself of a server's data, in short; null: there is none. */
  fingerprint(server: { readonly id: string; readonly agentId: string }): Promise<string | null>;
  /** What a page shows, by name; left out: there is no browser here. */
  shownOnPage?(): Promise<ReadonlyMap<string, State>>;
}

export interface SeenServer {
  readonly id: ServerId;
  readonly agent_id: AgentId;
  readonly name: string;
  readonly state: State;
  readonly container_id: string | null;
  readonly revision: number;
}

export interface SeenOperation {
  readonly id: OperationId;
  readonly server_id: ServerId;
  readonly kind: string;
  readonly state: OperationState;
  readonly ended_at: number | null;
}

export interface SeenPort {
  readonly agent_id: AgentId;
  readonly protocol: string;
  readonly host_port: number;
  readonly server_id: ServerId;
}

/** The store, in one snapshot. */
export interface SeenStore {
  /** What SQLite finds wrong with the file. */
  readonly damage: readonly string[];
  readonly servers: readonly SeenServer[];
  readonly operations: readonly SeenOperation[];
  readonly ports: readonly SeenPort[];
  /** By server, oldest first. */
  readonly histories: ReadonlyMap<string, readonly Told[]>;
}

export interface Seen extends SeenStore {
  readonly listed: readonly Server[];
  /** Each asked for by itself, by id. */
  readonly shown: ReadonlyMap<string, Server>;
  /** As the event stream last told of those of whom it told lately, by id; null: as gone. */
  readonly streamed: ReadonlyMap<string, Server | null>;
  readonly onPage: ReadonlyMap<string, State> | null;
  readonly containers: readonly SeenContainer[];
  readonly fingerprints: ReadonlyMap<string, string | null>;
}

/** So many of the newest events are asked of the event stream: enough for what the last minutes changed. */
const streamedEvents = 200;

/**
 * @param kept the servers whose data is looked at, and where
 * @param only the ids of the servers that are looked at; null: all, and all that may be nobody's
 */
export async function see(
  ground: Ground,
  kept: readonly { readonly id: string; readonly agentId: string }[],
  only: ReadonlySet<string> | null,
): Promise<Seen> {
  const containers = (await ground.containers()).filter(({ serverId }) => only?.has(serverId) ?? true);
  const store = readStore(ground.database, only);
  const listed = only === null ? await list(ground.caller) : await Promise.all(store.servers.map(({ id }) => inList(ground.caller, id)));
  const shown = await Promise.all(store.servers.map(({ id }) => show(ground.caller, id)));
  const prints = await Promise.all(kept.map(async (each) => [each.id, await ground.fingerprint(each)] as const));
  return {
    ...store,
    containers,
    listed: listed.filter((server) => server !== null),
    shown: new Map(shown.flatMap((server) => (server === null ? [] : [[server.id, server] as const]))),
    streamed: only === null ? await readStream(ground.caller, store) : new Map(),
    onPage: (await ground.shownOnPage?.()) ?? null,
    fingerprints: new Map(prints),
  };
}

export function readStore(file: string, only: ReadonlySet<string> | null): SeenStore {
  const database = new DatabaseSync(file, { readOnly: true });
  const all = <Row>(statement: string): Row[] => database.prepare(statement).all() as Row[];
  const of = (column: string) => (only === null ? 'true' : `${column} in (${[...only].map((id) => `'${id}'`).join()})`);
  try {
    database.exec('begin');
    const damage =
      only === null
        ? [
            ...all<{ integrity_check: string }>('pragma integrity_check').map((row) => row.integrity_check),
            ...all<{ table: string }>('pragma foreign_key_check').map(({ table }) => `a row of ${table} points nowhere`),
          ]
        : [];
    const events = all<{ id: number; server_id: string | null; operation_id: string | null; cause_json: string; happening_json: string }>(
      `select id, server_id, operation_id, cause_json, happening_json from events where server_id is not null and ${of('server_id')} order by id`,
    );
    const told = events.map((row) => ({
      id: row.id,
      serverId: row.server_id ?? '',
      operationId: row.operation_id,
      cause: JSON.parse(row.cause_json),
      happening: JSON.parse(row.happening_json),
    }));
    return {
      damage: damage.filter((line) => line !== 'ok'),
      servers: all(`select id, agent_id, name, state, container_id, revision from servers where ${of('id')}`),
      operations: all(`select id, server_id, kind, state, ended_at from operations where ${of('server_id')}`),
      ports: all(`select agent_id, protocol, host_port, server_id from port_allocations where ${of('server_id')}`),
      histories: Map.groupBy(told, ({ serverId }) => serverId),
    };
  } finally {
    database.close();
  }
}

async function list({ call }: Ground['caller']): Promise<Server[]> {
  const servers: Server[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { includeDeleted: 'true' as const, limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const { items, nextCursor } = await call(contract.listServers, { query });
    servers.push(...items);
    cursor = nextCursor;
  }
  return servers;
}

/** Found by its name, as somebody would who looks for it. */
async function inList({ call }: Pick<Caller, 'call'>, serverId: string): Promise<Server | null> {
  const { name } = (await show({ call }, serverId)) ?? { name: '' };
  const { items } = await call(contract.listServers, { query: { includeDeleted: 'true', q: name } });
  return items.find(({ id }) => id === serverId) ?? null;
}

async function show({ call }: Pick<Caller, 'call'>, serverId: string): Promise<Server | null> {
  return call(contract.getServer, { params: { serverId } }).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'not-found') return null;
    throw error;
  });
}

/** The stream goes on behind an event with all that came after it, each with a snapshot as of now. */
async function readStream({ changes }: Ground['caller'], { histories }: SeenStore): Promise<Map<string, Server | null>> {
  const ids = [...histories.values()].flatMap((history) => history.map(({ id }) => id)).sort((a, b) => a - b);
  const newest = ids.at(-1);
  if (newest === undefined) return new Map();
  const stream = await changes((ids.at(-streamedEvents) ?? newest) - 1);
  try {
    await stream.first('the newest event', ({ event }) => (event?.id ?? 0) >= newest);
    return new Map(
      stream.seen.flatMap(({ event, server }) => (event?.serverId && server !== undefined ? [[event.serverId, server] as const] : [])),
    );
  } finally {
    stream.close();
  }
}
