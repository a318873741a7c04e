// Somebody with a token: what tests ask of a Mainstay through its API, and wait for, whatever its hosts are.

import type { Agent } from '@mainstay/wire/agents';
import { type Call, type CallOptions, createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import type { Event } from '@mainstay/wire/events';
import type { Operation } from '@mainstay/wire/operations';
import type { CreateServerInput, Server } from '@mainstay/wire/servers';
import { type Changes, openChanges } from './changes.ts';
import { until } from './until.ts';

/** What can be asked for on a server that exists, and leads to an operation. */
const askable = {
  start: contract.startServer,
  stop: contract.stopServer,
  restart: contract.restartServer,
  rebuild: contract.rebuildServer,
  delete: contract.deleteServer,
  restore: contract.restoreServer,
  purge: contract.purgeServer,
} as const;
export type Askable = keyof typeof askable;

/** What goes along with what is asked for. */
export interface Wish {
  readonly allowEmptyData?: boolean;
  readonly removeData?: boolean;
  readonly archive?: boolean;
  readonly confirmName?: string;
}

/** Longer than any quick server's start, stop or replacement takes on a loaded machine. */
const operationMs = 60_000;

export interface Caller {
  /** Where the manager is. */
  readonly url: string;
  readonly token: string;
  readonly call: Call;
  /** Opens the event stream, from now on or behind an event; it is closed with `closeStreams`. */
  changes(after?: number): Promise<Changes>;
  closeStreams(): void;
  /** Waits until an agent holds. */
  untilAgent(agentId: string, description: string, holds: (agent: Agent) => boolean): Promise<Agent>;
  server(serverId: string): Promise<Server>;
  /** Waits until the server holds. */
  untilServer(serverId: string, description: string, holds: (server: Server) => boolean, deadlineMs?: number): Promise<Server>;
  untilState(serverId: string, state: Server['state'], deadlineMs?: number): Promise<Server>;
  /** Every server, deleted ones included, by name; the first two hundred. */
  servers(): Promise<Server[]>;
  /** A server's history, oldest first. */
  history(serverId: string): Promise<Event[]>;
  /** Asks for something, and answers with the operation as it was opened. */
  ask(what: Askable, server: Pick<Server, 'id'>, wish?: Wish, options?: CallOptions): Promise<Operation>;
  /** Waits for an operation's end, whatever it is. */
  ended(operation: Pick<Operation, 'id'>, deadlineMs?: number): Promise<Operation>;
  /** Waits until an operation waits for something. */
  untilWaiting(operation: Pick<Operation, 'id'>): Promise<Operation>;
  /** Asks, waits for the end, and throws unless it succeeded. */
  carryOut(what: Askable, server: Pick<Server, 'id'>, wish?: Wish): Promise<Operation>;
  /** Creates a server and waits until its creation has succeeded. */
  createAs(wanted: CreateServerInput): Promise<Server>;
}

export function createCaller(url: string, token: string): Caller {
  const call = createClient({ baseUrl: url, token });
  const streams: Changes[] = [];
  const server = (serverId: string) => call(contract.getServer, { params: { serverId } });
  const untilServer: Caller['untilServer'] = (serverId, description, holds, deadlineMs) =>
    until(description, () => server(serverId), holds, deadlineMs);
  const ended: Caller['ended'] = (operation, deadlineMs = operationMs) =>
    until(
      'the operation’s end',
      () => call(contract.getOperation, { params: { operationId: operation.id } }, { waitSeconds: 5 }),
      (seen) => seen.endedAt !== null,
      deadlineMs,
    );
  const ask: Caller['ask'] = (what, { id }, wish = {}, options) => {
    const request = { params: { serverId: id }, ...('body' in askable[what] ? { body: wish } : {}) };
    return call(askable[what] as typeof contract.startServer, request as { params: { serverId: string }; body: Wish }, options);
  };
  const succeeded = async (operation: Operation): Promise<Operation> => {
    const end = await ended(operation);
    if (end.state !== 'succeeded') throw new Error(`${end.kind} of ${end.serverName} ${end.state}: ${JSON.stringify(end.error)}`);
    return end;
  };
  return {
    url,
    token,
    call,
    server,
    untilServer,
    ask,
    ended,
    async changes(after) {
      const stream = await openChanges(url, token, after);
      streams.push(stream);
      return stream;
    },
    closeStreams() {
      for (const stream of streams) stream.close();
    },
    untilAgent: (agentId, description, holds) => until(description, () => call(contract.getAgent, { params: { agentId } }), holds),
    untilState: (serverId, state, deadlineMs) => untilServer(serverId, `the server ${state}`, (seen) => seen.state === state, deadlineMs),
    async servers() {
      const { items } = await call(contract.listServers, { query: { includeDeleted: 'true', limit: 200 } });
      return items;
    },
    async history(serverId) {
      const { items } = await call(contract.listServerEvents, { params: { serverId }, query: { limit: 200 } });
      return items.reverse();
    },
    untilWaiting: (operation) =>
      until(
        'the operation waiting',
        () => call(contract.getOperation, { params: { operationId: operation.id } }),
        (seen) => seen.state === 'waiting',
      ),
    carryOut: async (what, { id }, wish) => succeeded(await ask(what, { id }, wish)),
    async createAs(wanted) {
      const operation = await succeeded(await call(contract.createServer, { body: wanted }));
      return server(operation.serverId);
    },
  };
}
