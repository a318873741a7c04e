// The link: what manager and agent say to each other, JSON-RPC 2.0 over one WebSocket that the agent opened.
// Every message is validated against its schema by the end that receives it. No path ever crosses: an agent derives
// its directories from its own root and the server's id.

import { protocols, restartPolicies, stopRungs } from '@mainstay/core/server';
import { z } from 'zod';
import { hostFacts, stray } from './agents.ts';
import { agentId, containerId, installationId, operationId, serverId, time } from './common.ts';
import { copyAnswer, copyQuestion } from './copies.ts';
import { diskReport } from './disk.ts';
import { copied, progress } from './operations.ts';
import {
  consoleSettings,
  containerPath,
  fileEdit,
  imageReference,
  installStep,
  readyLine,
  sandboxByDefault,
  stop,
  volume,
} from './record.ts';
import {
  command,
  consoleAnswer,
  consoleInput,
  dataExists,
  env,
  exit,
  limits,
  logLine,
  madeFrom,
  port,
  serverConduct,
  serverName,
} from './servers.ts';
import { archive, archiveId, trashed, trashId } from './trash.ts';
import { usageReport } from './usage.ts';

/** Raised when a message changes in a way that the other end must know of. An agent of another version is refused with the reason. */
export const linkVersion = 4;

/** Where an agent knocks, with the WebSocket subprotocol `mainstay-link.N`. */
export const linkPath = '/api/link';
export const linkSubprotocol = `mainstay-link.${linkVersion}`;
/** Of any version: an agent of another one is let in as far as its hello, so that it hears why not further. */
export const anyLinkSubprotocol = /^mainstay-link\.\d{1,6}$/;

/** WebSocket close codes with a meaning of their own. Only `revoked` ends an agent's trying. */
export const closeCodes = { replaced: 4001, revoked: 4003, unproven: 4004, 'shutting-down': 4005 } as const;

/** The text an agent signs to prove itself: bound to this use, this installation, this agent and this connection. */
export const provePayload = (installation: string, agent: string, nonce: string) =>
  `mainstay-link/${linkVersion}\n${installation}\n${agent}\n${nonce}`;

/** A container as the record wants it. */
export const containerSpec = z.strictObject({
  name: serverName,
  image: imageReference,
  env,
  /** Those of `env` that are secret, as the manager sealed them: what is kept on the host’s disk holds these instead. */
  sealedEnv: z.record(z.string(), z.string()).default({}),
  command: command.nullable(),
  ports: z.array(port),
  volumes: z.array(volume),
  limits,
  stop,
  restart: z.enum(restartPolicies),
  sandbox: sandboxByDefault,
});

/** A record as a host keeps it beside data that nobody's record is left of: secrets only as the manager sealed them. */
export const keptRecord = z.strictObject({
  spec: containerSpec,
  conduct: serverConduct.nullable().meta({ description: 'null: kept by a version that did not know of it' }),
  made: z
    .strictObject({
      template: madeFrom.nullable(),
      createdAt: time,
      applied: z.boolean().meta({ description: 'Whether a container was ever made of it' }),
    })
    .nullable()
    .default(null)
    .meta({ description: 'null: kept by a version that did not know of it' }),
});

const hostPort = z.object({ protocol: z.enum(protocols), hostPort: z.int().min(1).max(65535) });

/**
 * One idempotent thing to make true of a server. Doing it twice is the same as once; it answers when it is so.
 * - `guard-data`: the world guard. `make`: this is a new server, its directories are to be made; without it, data that is gone,
 *   emptied, or another server's is refused (`data-missing`, `data-foreign`), unless `allowEmptyData`.
 * - `ensure-image`: there, or pulled. `unlessContainer`: nothing to do when the server's container exists.
 * - `ensure-installed`: the install script has run over the server’s data and ended with 0. Once it has, it is not run again; `again`:
 *   not by this operation.
 * - `check-files`: the program’s own files can be edited, or are not there.
 * - `edit-files`: the program’s own files hold what they should, unless it runs. What they hold is told with placeholders filled in.
 * - `ensure-running`: `mustHold`: a process that ends at once is an error; without, that is seen in the answer. `ready`: what it says in
 *   its log once it can be used.
 * - `ensure-stopped`: by its console’s stop command, else its stop signal, else killed; each of the first two has `graceSeconds`.
 * - `check-ports`: nothing but the server itself holds them.
 * - `ensure-container`: exists, made from `spec` if it did not.
 * - `ensure-replacement` / `swap-replacement` / `drop-replacement`: rebuild's three: made under a temporary name; renamed
 *   into place, the old one kept beside it; or (undo) gone, the old one renamed back.
 * - `ensure-only`: no container of the server but its recorded one.
 * - `ensure-archived`: an archive of the server's directory, this operation's, is beside the trash.
 * - `ensure-data-gone`: the server's directory is in the host's trash, its record beside it.
 * - `ensure-data-back`: what is in the trash under this id is the server's directory again.
 * - `ensure-copied`: the server's directory is a whole copy of another server's: one of this host, or (`remote`) one that the manager
 *   is asked about. `live`: of one that may run meanwhile. `bytes`: what it takes, as it was measured last.
 * - `drop-copied`: of copies that are not whole nothing is left.
 */
export const effect = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('guard-data'), spec: containerSpec, make: z.boolean(), allowEmptyData: z.boolean() }),
  z.strictObject({ action: z.literal('ensure-image'), image: imageReference, unlessContainer: z.boolean() }),
  z.strictObject({ action: z.literal('check-ports'), ports: z.array(hostPort) }),
  z.strictObject({ action: z.literal('ensure-container'), spec: containerSpec }),
  z.strictObject({
    action: z.literal('ensure-installed'),
    install: installStep,
    spec: containerSpec,
    operationId,
    again: z.boolean(),
    limitSeconds: z.int().min(1),
  }),
  z.strictObject({ action: z.literal('check-files'), files: z.array(fileEdit).max(32) }),
  z.strictObject({ action: z.literal('edit-files'), files: z.array(fileEdit).max(32), user: z.string().nullable() }),
  z.strictObject({ action: z.literal('ensure-running'), mustHold: z.boolean(), ready: readyLine.nullable() }),
  z.strictObject({ action: z.literal('ensure-stopped'), graceSeconds: z.int().min(0), console: consoleSettings }),
  z.strictObject({ action: z.literal('ensure-absent') }),
  z.strictObject({ action: z.literal('ensure-archived'), operationId }),
  z.strictObject({ action: z.literal('ensure-data-gone'), record: keptRecord }),
  z.strictObject({ action: z.literal('ensure-data-back'), trashId }),
  z.strictObject({
    action: z.literal('ensure-copied'),
    from: serverId,
    operationId,
    remote: z.boolean(),
    live: z.boolean(),
    bytes: z.int().min(0).nullable(),
  }),
  z.strictObject({ action: z.literal('drop-copied') }),
  z.strictObject({ action: z.literal('ensure-replacement'), spec: containerSpec, operationId }),
  z.strictObject({ action: z.literal('swap-replacement'), name: serverName, operationId }),
  z.strictObject({ action: z.literal('drop-replacement'), operationId }),
  z.strictObject({ action: z.literal('ensure-only') }),
]);

/** What was seen of one server's container. Absent takes a complete list on a known engine and a not-found on the recorded container. */
export const sighting = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('running'), containerId }),
  z.object({ kind: z.literal('not-running'), containerId, exit: exit.nullable() }),
  z.object({ kind: z.literal('absent') }),
  z.object({ kind: z.literal('unknown'), why: z.string() }),
]);

/** What is known of a server's data directory. */
export const dataLook = z.object({ exists: dataExists, at: time });

export const observedServer = z.object({
  serverId,
  sighting,
  data: dataLook.nullable().meta({ description: 'null: not looked at this time' }),
  /** Ends of the process that the engine's restart policy may have hidden since the last observation; nobody asked for them. */
  crashes: z.array(exit).max(1000),
  restarts: z.int().nullable(),
  readyAt: time
    .nullable()
    .optional()
    .meta({ description: 'Of a running one: when it said that it can be used; null: not yet; left out: nobody listens' }),
});

/** One look. `engineId` null: the engine did not answer, `why` says how; its servers are then all unknown and none is listed. */
export const observation = z.object({
  /** The agent's own rising number, taken before looking; it never falls, restarts included. */
  sequence: z.int().min(1),
  takenAt: time,
  engineId: z.string().nullable(),
  why: z.string().max(2000).nullable(),
  servers: z.array(observedServer).max(10_000),
  /** null: this was no full look, and says nothing of strays. */
  strays: z.array(stray).max(1000).nullable(),
});

const target = { serverId, containerId: containerId.nullable().meta({ description: 'The recorded container' }) };

/** Requests that the manager makes of an agent. */
export const agentMethods = {
  /** Makes one effect true; progress goes by JSON-RPC progress notifications. Its answer carries an observation of its own. */
  'server.apply': {
    params: z.strictObject({
      ...target,
      effect,
      engineId: z.string().max(200).nullable().meta({ description: 'The engine to do it on; refused on another. null: none is known yet' }),
      progressToken: z.string().max(100).nullable().optional().meta({ description: 'Names the progress notifications; left out: none' }),
    }),
    result: z.object({
      containerId: containerId.nullable().meta({ description: 'The server’s container after it' }),
      endedBy: z.enum(stopRungs).nullable().meta({ description: 'Which rung of the stop ladder ended it; null: it did not run' }),
      copied: copied.nullable().meta({ description: 'What a copy came to; null: it copied nothing' }),
      observation,
    }),
  },
  /** A full look, containers and data. `servers` are all that the manager has on this host: the agent remembers them from then on. */
  'host.look': {
    params: z.strictObject({ servers: z.array(z.strictObject({ ...target, ready: readyLine.nullable(), readyAt: time.nullable() })) }),
    result: observation,
  },
  /** Listens from now on for what the program says once it can be used. */
  'server.awaitready': { params: z.strictObject({ serverId, ready: readyLine.nullable() }), result: z.object({}) },
  /** Whether the data of many servers exists. */
  'server.checkdata': {
    params: z.strictObject({ serverIds: z.array(serverId).max(10_000) }),
    result: z.object({
      servers: z.array(
        z.object({
          serverId,
          data: dataLook,
          refusal: z.object({ code: z.enum(['data-missing', 'data-foreign']), detail: z.string() }).nullable(),
        }),
      ),
    }),
  },
  /** What a server's data is, for a copy of it on another host. */
  'server.lend': { params: z.strictObject({ serverId, question: copyQuestion }), result: copyAnswer },
  /** What these servers take of the disk, and what is kept of purged ones. Takes as long as the disk does. */
  'host.measure': { params: z.strictObject({ serverIds: z.array(serverId).max(10_000) }), result: diskReport },
  /** Follows the container's log until it ends or the request is cancelled: the last `tail` lines, then each as it comes, by progress. */
  'server.follow': {
    params: z.strictObject({ ...target, tail: z.int().min(0).max(10_000), progressToken: z.string().nullable() }),
    result: z.object({ detail: z.string().meta({ description: 'Why it ended' }) }),
  },
  /** Sends one line to the program's console. */
  'server.input': { params: z.strictObject({ ...target, ...consoleInput.shape, console: consoleSettings }), result: consoleAnswer },
  'server.logs': { params: z.strictObject({ ...target, tail: z.int().min(1).max(5000) }), result: z.object({ lines: z.array(logLine) }) },
  /** Host ports that something holds now, whatever it is: not to be given to a new server. */
  'host.heldports': { params: z.strictObject({}), result: z.object({ ports: z.array(hostPort).max(200_000) }) },
  /** Who holds a host port; null: nobody. */
  'host.checkport': { params: z.strictObject(hostPort.shape), result: z.object({ holder: z.string().nullable() }) },
  /** Removes a container of this installation that is no server’s recorded one, after a stop with its own grace. */
  'host.removestray': { params: z.strictObject({ containerId }), result: z.object({}) },
  /** What is in the trash, and the archives. */
  'host.trash': {
    params: z.strictObject({}),
    result: z.object({ days: z.int().nullable(), items: z.array(trashed).max(10_000), archives: z.array(archive).max(10_000) }),
  },
  /** The record beside data in the trash; null: there is none that can be read. */
  'host.trashed': { params: z.strictObject({ trashId }), result: z.object({ record: keptRecord.nullable() }) },
  /** Removes something from the trash for good. Nothing to do when it is gone. */
  'host.emptytrash': { params: z.strictObject({ trashId }), result: z.object({}) },
  'host.removearchive': { params: z.strictObject({ archiveId }), result: z.object({}) },
  /** What holds for the whole installation and this host sees to itself; told on connecting and when it changes. */
  'host.settings': { params: z.strictObject({ trashDays: z.int().min(0).nullable() }), result: z.object({}) },
  'host.images': { params: z.strictObject({}), result: z.object({ items: z.array(z.object({ reference: z.string(), bytes: z.int() })) }) },
} as const;

/** Requests that an agent makes of the manager: hello and proof, in this order, before anything else is heard. */
export const managerMethods = {
  'link.hello': { params: z.strictObject({ linkVersion: z.int(), agentId }), result: z.object({ installationId, nonce: z.string() }) },
  'link.prove': {
    params: z.strictObject({ signature: z.string().max(200), facts: hostFacts }),
    result: z.object({
      seenSequence: z.int().min(0).meta({ description: 'The newest number that the manager has of this agent: go on above it' }),
    }),
  },
  /** What the agent saw by itself. Answered once it is recorded: until then it counts as not told. */
  'host.observed': { params: observation, result: z.object({}) },
  /** What an open operation of its own copies from another host. */
  'copy.ask': { params: z.strictObject({ operationId, question: copyQuestion }), result: copyAnswer },
} as const;

/** Notifications from a proven agent. */
export const agentNotifications = {
  /** The host's facts, when they changed. */
  'host.facts': hostFacts,
  /** What its running servers use. */
  'host.usage': usageReport,
} as const;

/** The shapes of progress notifications, by the request that they belong to. */
export const progressOf = { 'server.apply': progress, 'server.follow': z.array(logLine) } as const satisfies Partial<
  Record<keyof typeof agentMethods, z.ZodType>
>;
export type ProgressMethod = keyof typeof progressOf;

export type Effect = z.output<typeof effect>;
export type EffectOf<A extends Effect['action']> = Extract<Effect, { action: A }>;
export type ContainerSpec = z.output<typeof containerSpec>;
export type KeptRecord = z.output<typeof keptRecord>;
export type Observation = z.output<typeof observation>;
export type ObservedServer = z.output<typeof observedServer>;
export type DataLook = z.output<typeof dataLook>;
export type AgentMethods = typeof agentMethods;
export type AgentMethod = keyof AgentMethods;
export type ParamsOf<M extends AgentMethod> = z.output<AgentMethods[M]['params']>;
export type ResultOf<M extends AgentMethod> = z.output<AgentMethods[M]['result']>;

// `containerPath` is part of `volume`; named here because an agent checks it once more before it mounts anything.
export { containerPath };
