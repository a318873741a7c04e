// One whole Mainstay for a test: a manager, a host, somebody with a token, and somebody behind its back. Everything is
// real; what it made is gone when it is closed, whatever happened before.

import { readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Agent } from '@mainstay/wire/agents';
import { type Call, type CallOptions, createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import type { Event } from '@mainstay/wire/events';
import type { Operation } from '@mainstay/wire/operations';
import type { CreateServerInput, Server } from '@mainstay/wire/servers';
import { type Changes, openChanges } from './changes.ts';
import { createHost, type Host } from './host.ts';
import { note, ownDirectory } from './ledger.ts';
import { createManager, type Manager } from './manager.ts';
import { createOutside, type Outside } from './outside.ts';
import type { Settings } from './program.ts';
import { sampleServer } from './sample.ts';
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
  readonly confirmName?: string;
}

/** Longer than any quick server's start, stop or replacement takes on a loaded machine. */
const operationMs = 60_000;

export interface Installation {
  readonly directory: string;
  /** Its id, as on its containers' labels. */
  readonly id: string;
  readonly token: string;
  readonly manager: Manager;
  readonly host: Host;
  readonly outside: Outside;
  readonly call: Call;
  /** Opens the event stream, from now on or behind an event. */
  changes(after?: number): Promise<Changes>;
  /** The agent of `host`, as the API shows it. */
  agent(): Promise<Agent>;
  /** Waits until the host is online and its servers were looked at. */
  untilOnline(): Promise<Agent>;
  /** Waits until the manager knows that the host is away. */
  untilAway(): Promise<Agent>;
  server(serverId: string): Promise<Server>;
  /** Waits until the server holds. */
  untilServer(serverId: string, description: string, holds: (server: Server) => boolean, deadlineMs?: number): Promise<Server>;
  untilState(serverId: string, state: Server['state'], deadlineMs?: number): Promise<Server>;
  /** Every server, deleted ones included, by name. */
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
  /** Creates a sample server and waits until it stands as it should. */
  create(wanted?: Partial<CreateServerInput>): Promise<Server>;
  /** What its programs have logged from `mark` on, as much as a person would read. */
  logs(mark?: LogMark): string;
  /** The place where the logs end now. */
  logMark(): LogMark;
  /** Ends its programs and removes its containers and directories. */
  close(): Promise<void>;
}

/** How long each log was at a moment, by its file's name. */
export type LogMark = Readonly<Record<string, number>>;

export interface InstallationOptions {
  /** DOCKER_HOST of its host; left out: this machine's engine. */
  readonly dockerHost?: string;
  /** What its host is called. */
  readonly hostName?: string;
  /** Settings of its manager. */
  readonly settings?: Settings;
}

export async function openInstallation({ dockerHost, hostName = 'host', settings }: InstallationOptions = {}): Promise<Installation> {
  const directory = ownDirectory('installation');
  const manager = await createManager(directory, settings);
  const outside = createOutside();
  await manager.start();
  const secret = async (...command: string[]) => {
    const { code, stdout, stderr } = await manager.command(...command);
    if (code !== 0) throw new Error(`mainstay ${command.join(' ')} ended with ${code}: ${stderr}`);
    return stdout.trim();
  };
  const [token, joinToken] = await Promise.all([secret('token', 'create', '--name', 'tester'), secret('join-token', 'create')]);
  const host = createHost({
    directory,
    name: hostName,
    managerUrl: manager.url,
    joinToken,
    ...(dockerHost === undefined ? {} : { dockerHost }),
  });
  const call = createClient({ baseUrl: manager.url, token });
  host.start();
  const identity = await until('the agent’s identity', () => identityOf(host));
  note('installations', identity.installationId);

  const streams: Changes[] = [];
  const logFiles = [join(directory, 'manager.log'), join(directory, `${host.name}.log`)];

  const agent = () => call(contract.getAgent, { params: { agentId: identity.agentId } });
  const server = (serverId: string) => call(contract.getServer, { params: { serverId } });
  const untilServer: Installation['untilServer'] = (serverId, description, holds, deadlineMs) =>
    until(description, () => server(serverId), holds, deadlineMs);
  const ended: Installation['ended'] = (operation, deadlineMs = operationMs) =>
    until(
      'the operation’s end',
      () => call(contract.getOperation, { params: { operationId: operation.id } }, { waitSeconds: 5 }),
      (seen) => seen.endedAt !== null,
      deadlineMs,
    );
  const ask: Installation['ask'] = (what, { id }, wish = {}, options) => {
    const request = { params: { serverId: id }, ...('body' in askable[what] ? { body: wish } : {}) };
    return call(askable[what] as typeof contract.startServer, request as { params: { serverId: string }; body: Wish }, options);
  };
  const succeeded = async (operation: Operation): Promise<Operation> => {
    const end = await ended(operation);
    if (end.state !== 'succeeded') throw new Error(`${end.kind} of ${end.serverName} ${end.state}: ${JSON.stringify(end.error)}`);
    return end;
  };
  const size = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

  const installation: Installation = {
    directory,
    id: identity.installationId,
    token,
    manager,
    host,
    outside,
    call,
    agent,
    server,
    untilServer,
    ask,
    ended,
    untilWaiting: (operation) =>
      until(
        'the operation waiting',
        () => call(contract.getOperation, { params: { operationId: operation.id } }),
        (seen) => seen.state === 'waiting',
      ),
    async changes(after) {
      const stream = await openChanges(manager.url, token, after);
      streams.push(stream);
      return stream;
    },
    untilOnline: () => until('the host online and looked at', agent, (seen) => seen.online && seen.engine !== null),
    untilAway: () => until('the host away', agent, (seen) => !seen.online),
    untilState: (serverId, state, deadlineMs) => untilServer(serverId, `the server ${state}`, (seen) => seen.state === state, deadlineMs),
    async servers() {
      const { items } = await call(contract.listServers, { query: { includeDeleted: 'true', limit: 200 } });
      return items;
    },
    async history(serverId) {
      const { items } = await call(contract.listServerEvents, { params: { serverId }, query: { limit: 200 } });
      return items.reverse();
    },
    carryOut: async (what, { id }, wish) => succeeded(await ask(what, { id }, wish)),
    async create(wanted) {
      const operation = await succeeded(await call(contract.createServer, { body: await sampleServer(wanted) }));
      return server(operation.serverId);
    },
    logMark: () => Object.fromEntries(logFiles.map((file) => [basename(file), size(file)])),
    logs: (mark = {}) =>
      logFiles
        .filter((file) => size(file) > (mark[basename(file)] ?? 0))
        .map(
          (file) =>
            `── ${basename(file)}\n${lastLines(
              readFileSync(file)
                .subarray(mark[basename(file)] ?? 0)
                .toString(),
            )}`,
        )
        .join('\n'),
    async close() {
      for (const stream of streams) stream.close();
      await Promise.all([manager.kill(), host.kill()]);
      const containers = await outside.containersOfInstallation(identity.installationId);
      await Promise.all(containers.map(({ Id }) => outside.remove(Id).catch(ifGone)));
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await installation.untilOnline();
  return installation;
}

function identityOf(host: Host): { installationId: string; agentId: string } {
  return JSON.parse(readFileSync(join(host.home, 'identity.json'), 'utf8')) as { installationId: string; agentId: string };
}

/** More than these tell nobody anything. */
const linesShown = 120;

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-linesShown).join('\n');
}

/** For `catch`: the container went by itself. */
function ifGone(error: unknown): void {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode !== 404 && statusCode !== 409) throw error;
}
