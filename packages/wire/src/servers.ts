// Servers as they cross a boundary: what a person may ask for, and what they are shown. The page validates its forms
// by the very schemas that the API uses.

import { specFields } from '@mainstay/core/drift';
import { faultCodes } from '@mainstay/core/fault';
import { operationKinds, states } from '@mainstay/core/lifecycle';
import { drifts } from '@mainstay/core/reason';
import { fieldFaults, namePattern, protocols, type RuledFields, restartPolicies, type Sandbox } from '@mainstay/core/server';
import { z } from 'zod';
import { agentId, flag, operationId, page, pageQuery, serverId, time } from './common.ts';
import { volumeBytes } from './disk.ts';
import { operation } from './operations.ts';
import {
  conductShape,
  consoleLine,
  consoleSettings,
  cpus,
  envName,
  fileEdit,
  imageReference,
  installStep,
  label,
  memoryMb,
  noNul,
  portNumber,
  readyLine,
  sandbox,
  sandboxByDefault,
  stop,
  stopShape,
  volume,
} from './record.ts';
import { retentionHours } from './settings.ts';
import { usage } from './usage.ts';

export const serverName = z
  .string()
  .regex(namePattern, 'Use 2 to 60 lower-case letters, digits, hyphens, dots or underscores; begin and end with a letter or digit.');

export const envText = z.string().max(32_768).regex(noNul, 'No NUL character is possible here.');
const variables = <T extends z.ZodType>(value: T) =>
  z.record(envName, value).refine((all) => Object.keys(all).length <= 256, 'At most 256 variables.');

/** As a container has it. */
export const env = variables(envText);

const secretText = z
  .strictObject({ secret: envText.min(1, 'A secret is at least one character.') })
  .meta({ description: 'A secret: kept sealed, and never shown again' });

/** As a new server is asked for. */
export const wantedEnv = variables(z.union([envText, secretText]));

/** As a change is asked for. */
export const changedEnv = variables(
  z.union([envText, secretText, z.null()]).meta({ description: 'null: the secret that it is stays as it is' }),
);

/** As it is shown. */
export const shownEnv = z.record(z.string(), z.string().nullable().meta({ description: 'null: a secret, which is not told' }));

export const command = z.array(z.string().max(4096).regex(noNul, 'No NUL character is possible here.')).min(1).max(128);

export const port = z.strictObject({ name: label, protocol: z.enum(protocols), containerPort: portNumber, hostPort: portNumber });
export const wantedPort = port.extend({
  hostPort: portNumber.optional().meta({ description: 'Left out: a free one of the host’s range' }),
});

export const limits = z.strictObject({ memoryMb: memoryMb.nullable().default(null), cpus: cpus.nullable().default(null) });

/** A server's own retention; null: the installation's. */
export const retention = z.strictObject({ hours: retentionHours }).nullable();

/** A soft quota of a server's data; null: none. */
export const quota = z
  .strictObject({
    dataMb: z
      .int('Whole MiB.')
      .min(1, 'At least 1 MiB.')
      .max(1_073_741_824, 'At most 1 PiB.')
      .meta({ description: 'MiB that its volumes should take together; more is told of' }),
    refuseStarts: z.boolean().default(false).meta({ description: 'Whether it is not started while it takes more' }),
  })
  .nullable();

const specShape = {
  name: serverName,
  image: imageReference,
  env: wantedEnv.default({}),
  command: command.nullable().default(null).meta({ description: 'Overrides the image’s command' }),
  ports: z.array(wantedPort).max(64).default([]),
  volumes: z.array(volume).max(32).default([]),
  limits: limits.default({ memoryMb: null, cpus: null }),
  stop: stop.default({ signal: null, graceSeconds: 30 }),
  restart: z.enum(restartPolicies).default('unless-stopped').meta({ description: 'The engine’s restart policy' }),
  sandbox: sandboxByDefault,
  console: consoleSettings.default({ via: 'stdin', stopCommand: null }),
  ...conductShape,
  retention: retention.default(null).meta({ description: 'null: the installation’s' }),
  quota: quota.default(null).meta({ description: 'null: its data may take what it likes' }),
};

/** The template, and its version, that a server was made from. */
export const madeFrom = z.object({ id: z.string(), version: z.int(), name: z.string() });

/** How a server is dealt with beyond its container, whole: as the record has it. */
export const serverConduct = z.strictObject({ console: consoleSettings, ...conductShape, retention, quota });

/** A change that names no volumes leaves the rules about them to whoever knows the record. */
const betweenFields = (value: unknown, context: z.RefinementCtx) => {
  const { ports = [], volumes, sandbox, install = null, files = [] } = value as Partial<RuledFields> & { sandbox?: Pick<Sandbox, 'tmpfs'> };
  const named = volumes === undefined ? { volumes: [], install: null, files: [] } : { volumes, install, files };
  for (const fault of fieldFaults({ ports, ...named, tmpfs: sandbox?.tmpfs ?? [] })) {
    context.addIssue({ code: 'custom', path: [...fault.path], message: fault.message });
  }
};

/** `POST /api/servers` */
export const createServer = z
  .strictObject({
    ...specShape,
    agentId: agentId.optional().meta({ description: 'May be left out when there is one host' }),
    start: z.boolean().default(true),
  })
  .superRefine(betweenFields);

/** `PATCH /api/servers/:serverId`: what is left out stays. Takes effect in the container with the next rebuild. */
export const configureServer = z
  .strictObject({
    name: serverName.optional(),
    image: imageReference.optional(),
    env: changedEnv.optional(),
    command: command.nullable().optional(),
    ports: z.array(wantedPort).max(64).optional(),
    volumes: z.array(volume).max(32).optional(),
    limits: z.strictObject({ memoryMb: memoryMb.nullable().optional(), cpus: cpus.nullable().optional() }).optional(),
    stop: z.strictObject({ signal: stopShape.signal.optional(), graceSeconds: stopShape.graceSeconds.optional() }).optional(),
    restart: z.enum(restartPolicies).optional(),
    sandbox: sandbox.optional(),
    console: consoleSettings.optional(),
    ready: readyLine.nullable().optional(),
    install: installStep.nullable().optional(),
    files: conductShape.files.removeDefault().optional(),
    retention: retention.optional(),
    quota: quota.optional(),
    revision: z.int().min(1).optional().meta({ description: 'Refuse when the record is no longer at this revision' }),
  })
  .superRefine(betweenFields);

/** `POST …/clone` */
export const cloneServer = z
  .strictObject({
    name: serverName,
    agentId: agentId.optional().meta({ description: 'Left out: the host that the server is on' }),
    ports: z.array(wantedPort).max(64).optional().meta({ description: 'Left out: the same, each with a free host port' }),
    start: z.boolean().default(true),
    data: z.enum(['none', 'copy']).meta({ description: 'none: its settings only, so that it begins an empty world' }),
    source: z.enum(['stop', 'live']).default('stop').meta({
      description:
        'Of a running server whose data is copied. stop: it rests meanwhile, and is started again. live: it goes on, and what it writes meanwhile may be torn in the copy',
    }),
    newSecrets: z
      .array(envName)
      .max(256)
      .default([])
      .meta({ description: 'Secret variables whose values are made anew; the others are kept' }),
  })
  .superRefine(betweenFields);

/** `POST …/start`; the body may be left out. */
export const startServer = z.strictObject({
  allowEmptyData: z.boolean().default(false).meta({ description: 'Go on although the world’s data is gone: begin an empty one' }),
});

/** `POST …/rebuild`; the body may be left out. */
export const rebuildServer = z.strictObject({
  reinstall: z.boolean().default(false).meta({ description: 'Run the install script over its data again' }),
});

/** `POST …/purge` */
export const purgeServer = z.strictObject({
  removeData: z.boolean().meta({ description: 'Whether the data goes too (to the host’s trash first)' }),
  archive: z.boolean().default(false).meta({ description: 'Whether an archive of the data is made on the host before' }),
  confirmName: z.string().max(200).meta({ description: 'The server’s name, typed' }),
});

export const exit = z.object({ code: z.int(), outOfMemory: z.boolean(), asked: z.boolean().nullable(), at: time });

/** Why a server is in its state; `stateReason` is the same as a sentence. */
export const reason = z.discriminatedUnion('code', [
  z.object({ code: z.literal('operation'), operation: z.enum(operationKinds) }),
  z.object({ code: z.enum(drifts), exit: exit.optional() }),
  z.object({ code: z.literal('operation-failed'), operation: z.enum(operationKinds), fault: z.enum(faultCodes), detail: z.string() }),
  z.object({ code: z.literal('operation-cancelled'), operation: z.enum(operationKinds) }),
  z.object({ code: z.literal('lent'), to: z.string() }),
]);

export const dataExists = z.enum(['yes', 'no', 'unknown']);

export const server = z
  .object({
    id: serverId,
    name: z.string(),
    agentId,
    state: z.enum(states),
    intent: z.enum(['running', 'stopped']),
    stateReason: z.string().nullable(),
    stateCause: reason.nullable(),
    stateSince: time,
    image: z.string(),
    env: shownEnv,
    command: z.array(z.string()).nullable(),
    ports: z.array(port),
    volumes: z.array(volume),
    limits,
    stop,
    restart: z.enum(restartPolicies),
    sandbox,
    console: consoleSettings,
    ready: readyLine.nullable(),
    readyAt: time.nullable().meta({ description: 'When the running program said that it can be used; null: not yet, or not known' }),
    crashes: z
      .array(time)
      .meta({ description: 'When it last crashed since it was last started, stopped or rebuilt by request, ten at most, newest last' }),
    install: installStep
      .omit({ script: true })
      .nullable()
      .meta({ description: 'Its script is told with the template that the server would make' }),
    files: z.array(fileEdit),
    retention,
    quota,
    template: madeFrom.nullable().meta({ description: 'What it was made from; the template may have changed since, or be gone' }),
    dataFrom: z.object({ serverId: serverId.nullable(), name: z.string().nullable() }).nullable().meta({
      description: 'The server that its data is still to be copied from, nulls: one that the reader may not see; null: it has its own',
    }),
    containerId: z.string().nullable(),
    seenAt: time.nullable().meta({ description: 'When its container was last looked at and told of' }),
    dataExists,
    dataBytes: z.int().nullable(),
    volumeBytes: volumeBytes.nullable().meta({ description: 'What each volume takes; null: not measured yet' }),
    overQuota: z.boolean(),
    dataSeenAt: time.nullable(),
    deletedAt: time.nullable(),
    retentionHours: retentionHours.meta({ description: 'Its retention in effect; null: until somebody purges it' }),
    purgeAt: time.nullable().meta({ description: 'When its retention ends; null: it is not deleted, or kept until somebody purges it' }),
    outdated: z.array(z.enum(specFields)).meta({ description: 'Settings that differ from the container’s; a rebuild applies them' }),
    usage: usage.nullable().meta({ description: 'What it uses now; null when that is not known' }),
    operation: operation
      .nullable()
      .meta({ description: 'The open operation, if any: its own, or a clone’s that copies its data, if the reader may see that' }),
    host: z.object({
      name: z.string(),
      online: z.boolean(),
      lastHeardAt: time.nullable(),
      engine: z.enum(['ok', 'unreachable', 'other']).nullable().meta({
        description:
          'other: another engine answers at the agent’s socket than the one its servers were made on; their states are not known',
      }),
    }),
    createdAt: time,
    updatedAt: time,
    revision: z.int(),
  })
  .meta({ id: 'Server' });

export const serverQuery = z.strictObject({
  agentId: agentId.optional(),
  state: z.enum(states).optional(),
  q: z.string().max(100).optional().meta({ description: 'Part of the name or the image' }),
  includeDeleted: flag,
  ...pageQuery,
});

export const serverPage = page(server).extend({
  counts: z.partialRecord(z.enum(states), z.int()).meta({ description: 'How many servers of this host and search are in each state' }),
});
export const serverParams = z.object({ serverId });

export const logsQuery = z.strictObject({ tail: z.coerce.number().int().min(1).max(5000).default(200) });
export const logLine = z.object({ at: time.nullable(), stream: z.enum(['stdout', 'stderr']), text: z.string() });
/** How a console begins: with so many of the log’s last lines. */
export const consoleQuery = z.strictObject({ tail: z.coerce.number().int().min(0).max(10_000).default(500) });
/** What a console sends to a server: one line, without its line feed. */
export const consoleInput = z.strictObject({ line: consoleLine });

/** What the program answered where its console answers (RCON); null: what it says comes with its log. */
export const consoleAnswer = z.object({ answer: z.string().nullable() });

/**
 * One message of `GET …/console` (`text/event-stream`). `begin`: what follows begins anew, with the last lines of the log, so that
 * a stream that comes back repeats nothing. `lines`: as they come. `end`: the container ended or is gone, and why.
 */
export const consoleMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('begin'), containerId: z.string().nullable() }),
  z.object({ kind: z.literal('lines'), lines: z.array(logLine) }),
  z.object({ kind: z.literal('end'), detail: z.string() }),
]);

export const logs = z.object({ lines: z.array(logLine) });

/** A `202` names the operation; this is what an action on a server is given in its path. */
export const operationParams = z.object({ operationId });

export type Server = z.output<typeof server>;
export type CreateServer = z.output<typeof createServer>;
export type CreateServerInput = z.input<typeof createServer>;
export type CloneServer = z.output<typeof cloneServer>;
export type CloneServerInput = z.input<typeof cloneServer>;
export type ConfigureServer = z.output<typeof configureServer>;
export type ServerQuery = z.output<typeof serverQuery>;
export type ConsoleMessage = z.output<typeof consoleMessage>;
export type LogLine = z.output<typeof logLine>;
