// The feed: reads what was appended to the store once, makes the messages of the event stream of it, and hands them to
// every open stream. A stream that comes back behind an older event is first given what it missed from the store.

import type { AgentId, ServerId } from '@mainstay/core/id';
import type { Change } from '@mainstay/wire/events';
import { bulkChange } from './app/bulk.ts';
import { showAgents, showServers } from './app/views.ts';
import { showEvent, showOperation } from './sql/rows.ts';
import type { EventRow } from './sql/schema.ts';
import type { World } from './world.ts';

/** After a read that failed. */
const againMs = 1_000;
/** How many events are read at once; more come in the next batch. */
const batch = 500;

export type Listener = (messages: readonly Change[]) => void;

export interface Feed {
  /**
   * Hands `listener` every change behind event `after` (null: only what comes now), in order, each once.
   * @returns how to stop listening
   */
  follow(after: number | null, listener: Listener): Promise<() => void>;
  stop(): Promise<void>;
}

export async function startFeed(world: World): Promise<Feed> {
  const { db } = world.store;
  const listeners = new Set<Listener>();
  const newest = await db
    .selectFrom('events')
    .select((e) => e.fn.max('id').as('id'))
    .executeTakeFirst();
  let cursor = Number(newest?.id ?? 0);
  let stopped = false;
  // One read at a time, in order; what arrives meanwhile is read by the next.
  let turn: Promise<void> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.then(
      () => undefined,
      (error: unknown) => {
        world.log.error({ error }, 'the feed could not be read; it is tried again');
        setTimeout(() => world.bus.publish({ topic: 'events' }), againMs).unref();
      },
    );
    return result;
  };

  const read = async (after: number, until: number | null): Promise<EventRow[]> =>
    db
      .selectFrom('events')
      .selectAll()
      .where('id', '>', after)
      .$if(until !== null, (query) => query.where('id', '<=', until ?? 0))
      .orderBy('id')
      .limit(batch)
      .execute();

  const catchUp = async () => {
    for (;;) {
      const rows = await read(cursor, null);
      const last = rows.at(-1);
      if (!last) return;
      const messages = listeners.size > 0 ? await messagesOf(world, rows) : [];
      // Only once it can be handed on: a batch that could not be made is read again.
      cursor = Number(last.id);
      for (const listener of listeners) listener(messages);
      if (rows.length < batch) return;
    }
  };

  let pending = false;
  const unsubscribeEvents = world.bus.subscribe('events', () => {
    if (pending || stopped) return;
    pending = true;
    inTurn(() => {
      pending = false;
      return catchUp();
    }).catch(() => undefined);
  });

  const waiting = new Set<string>();
  const unsubscribeProgress = world.bus.subscribe('progress', ({ operationId }) => {
    if (listeners.size === 0 || stopped || waiting.has(operationId)) return;
    waiting.add(operationId);
    inTurn(async () => {
      waiting.delete(operationId);
      const row = await db
        .selectFrom('operations')
        .selectAll()
        .where('id', '=', operationId as never)
        .executeTakeFirst();
      if (row) for (const listener of listeners) listener([{ event: null, operation: showOperation(row) }]);
    }).catch(() => undefined);
  });

  // Gathered while a turn is waited for: a snapshot is the newest whenever it is taken.
  const shown = { servers: new Set<ServerId>(), agents: new Set<AgentId>() };
  const unsubscribeShown = world.bus.subscribe('shown', ({ servers = [], agents = [] }) => {
    if (listeners.size === 0 || stopped) return;
    const waits = shown.servers.size + shown.agents.size > 0;
    for (const id of servers) shown.servers.add(id);
    for (const id of agents) shown.agents.add(id);
    if (waits) return;
    inTurn(async () => {
      const [serverIds, agentIds] = [[...shown.servers], [...shown.agents]];
      shown.servers.clear();
      shown.agents.clear();
      const messages = await snapshotsOf(world, serverIds, agentIds);
      if (messages.length > 0) for (const listener of listeners) listener(messages);
    }).catch(() => undefined);
  });

  const unsubscribeBulks = world.bus.subscribe('bulk-items', ({ bulkId, serverIds }) => {
    if (listeners.size === 0 || stopped) return;
    inTurn(async () => {
      const bulk = await bulkChange(db, bulkId, serverIds);
      if (bulk) for (const listener of listeners) listener([{ event: null, bulk }]);
    }).catch(() => undefined);
  });

  const unsubscribeUsage = world.bus.subscribe('usage', ({ serverIds }) => {
    if (listeners.size === 0 || stopped) return;
    const now = world.clock.now();
    const usage = serverIds.flatMap((serverId) => {
      const newest = world.usage.of(serverId, now);
      return newest ? [{ serverId, usage: newest }] : [];
    });
    for (const listener of listeners) listener([{ event: null, usage }]);
  });

  return {
    follow: (after, listener) =>
      inTurn(async () => {
        for (let from = after ?? cursor; from < cursor; ) {
          const rows = await read(from, cursor);
          const last = rows.at(-1);
          if (!last) break;
          from = Number(last.id);
          listener(await messagesOf(world, rows));
        }
        listeners.add(listener);
        return () => listeners.delete(listener);
      }),
    stop: async () => {
      stopped = true;
      unsubscribeEvents();
      unsubscribeProgress();
      unsubscribeShown();
      unsubscribeBulks();
      unsubscribeUsage();
      await turn;
    },
  };
}

/** Servers and hosts as they are now, without anything having happened to them. */
async function snapshotsOf(world: World, serverIds: readonly ServerId[], agentIds: readonly AgentId[]): Promise<Change[]> {
  const rows = serverIds.length === 0 ? [] : await world.store.db.selectFrom('servers').selectAll().where('id', 'in', serverIds).execute();
  const agents = agentIds.length === 0 ? [] : await showAgents(world, agentIds);
  const servers = await showServers(world, rows);
  return [...servers.map((server) => ({ event: null, server })), ...agents.map((agent) => ({ event: null, agent }))];
}

/** Events with the snapshots of what they are about, as it is now. */
async function messagesOf(world: World, rows: readonly EventRow[]): Promise<Change[]> {
  const { db } = world.store;
  const serverIds = unique(rows.map((row) => row.server_id));
  // An agent's own events change how its host is shown; a server's do not.
  const agentIds = unique(rows.map((row) => (row.server_id === null ? row.agent_id : null)));
  const operationIds = unique(rows.map((row) => row.operation_id));
  const servers =
    serverIds.length === 0
      ? []
      : await showServers(world, await db.selectFrom('servers').selectAll().where('id', 'in', serverIds).execute());
  const agents = agentIds.length === 0 ? [] : await showAgents(world, agentIds);
  const operations =
    operationIds.length === 0 ? [] : await db.selectFrom('operations').selectAll().where('id', 'in', operationIds).execute();
  const serverOf = new Map(servers.map((server) => [server.id, server]));
  const agentOf = new Map(agents.map((agent) => [agent.id, agent]));
  const operationOf = new Map(operations.map((row) => [row.id, showOperation(row)]));
  return rows.map((row) => {
    const operation = row.operation_id === null ? undefined : operationOf.get(row.operation_id);
    return {
      event: showEvent(row),
      ...(row.server_id === null ? {} : { server: serverOf.get(row.server_id) ?? null }),
      ...(row.server_id === null && row.agent_id !== null ? { agent: agentOf.get(row.agent_id) ?? null } : {}),
      ...(operation ? { operation } : {}),
    };
  });
}

function unique<T>(values: readonly (T | null)[]): T[] {
  return [...new Set(values.filter((value): value is T => value !== null))];
}
