// A server description while it is being typed: everything as text, rows with keys of their own. What is right about
// it is decided by the API's own schemas; errors are told by JSON pointer, as the API tells them.

import { changedFields as differing, type RecordField } from '@mainstay/core/drift';
import type { Fault } from '@mainstay/core/fault';
import type { Capability, ConsoleSettings, InstallStep, Protocol, RestartPolicy } from '@mainstay/core/server';
import type { contract, RequestOf } from '@mainstay/wire/contract';
import { configureServer, createServer, type Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { type Checked, errorsNamed, errorsOfParsed, type FieldErrors, numberIn, type Parsed, pointer } from './field-errors.ts';

interface Row {
  /** Tells rows apart while they are edited; means nothing else. */
  readonly key: number;
}
export interface EnvRow extends Row {
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
  /** A secret that the record has: nobody here knows it, and it stays as it is. */
  readonly kept: boolean;
}
export interface PortRow extends Row {
  readonly name: string;
  readonly protocol: Protocol;
  readonly containerPort: string;
  readonly hostPort: string;
}
export interface VolumeRow extends Row {
  readonly name: string;
  readonly containerPath: string;
}

export interface Draft {
  readonly name: string;
  /** Empty: the only host. */
  readonly agentId: string;
  readonly image: string;
  /** One argument a line. */
  readonly command: string;
  readonly env: readonly EnvRow[];
  readonly ports: readonly PortRow[];
  readonly volumes: readonly VolumeRow[];
  readonly memoryMb: string;
  readonly cpus: string;
  readonly signal: string;
  readonly graceSeconds: string;
  readonly restart: RestartPolicy;
  readonly console: ConsoleSettings['via'];
  readonly rconPort: string;
  readonly rconPasswordEnv: string;
  /** How long it is kept once it is deleted: as the installation says, for ever, or for `retentionHours`. */
  readonly retention: 'usual' | 'ever' | 'own';
  readonly retentionHours: string;
  /** MiB; empty: no quota. */
  readonly quotaMb: string;
  readonly quotaRefuses: boolean;
  readonly stopCommand: string;
  readonly readyLine: string;
  readonly readyRegex: boolean;
  readonly user: string;
  readonly workingDir: string;
  readonly tty: boolean;
  readonly readOnlyRoot: boolean;
  /** One a line: a path and its size in MiB. */
  readonly tmpfs: string;
  readonly capAdd: readonly Capability[];
  /** As JSON. */
  readonly files: string;
  /** Not typed here. Without its script: of a server that has one, which stays as it is. */
  readonly install: InstallStep | Omit<InstallStep, 'script'> | null;
  readonly start: boolean;
}

let lastKey = 0;
export function rowKey(): number {
  lastKey += 1;
  return lastKey;
}

export const consoleKinds = ['stdin', 'rcon', 'none'] as const satisfies readonly ConsoleSettings['via'][];

export const sampleImage = 'mainstay/sample-server:1';

export const emptyDraft: Draft = {
  name: '',
  agentId: '',
  image: '',
  command: '',
  env: [],
  ports: [],
  volumes: [],
  memoryMb: '',
  cpus: '',
  signal: '',
  graceSeconds: '30',
  restart: 'unless-stopped',
  console: 'stdin',
  rconPort: '',
  rconPasswordEnv: '',
  retention: 'usual',
  retentionHours: '24',
  quotaMb: '',
  quotaRefuses: false,
  stopCommand: '',
  readyLine: '',
  readyRegex: false,
  user: '',
  workingDir: '',
  tty: false,
  readOnlyRoot: false,
  tmpfs: '',
  capAdd: [],
  files: '',
  install: null,
  start: true,
};

/** What a newcomer is shown first: the sample server, complete but for its name. */
export function sampleDraft(): Draft {
  return {
    ...emptyDraft,
    image: sampleImage,
    ports: [{ key: rowKey(), name: 'lobby', protocol: 'tcp', containerPort: '7777', hostPort: '' }],
    volumes: [{ key: rowKey(), name: 'world', containerPath: '/data' }],
  };
}

/** A server's record as a draft, for changing it. */
export function draftOf(server: Server): Draft {
  return {
    name: server.name,
    agentId: server.agentId,
    image: server.image,
    command: (server.command ?? []).join('\n'),
    env: Object.entries(server.env).map(([name, value]) => ({
      key: rowKey(),
      name,
      value: value ?? '',
      secret: value === null,
      kept: value === null,
    })),
    ports: server.ports.map(({ name, protocol, containerPort, hostPort }) => ({
      key: rowKey(),
      name,
      protocol,
      containerPort: String(containerPort),
      hostPort: String(hostPort),
    })),
    volumes: server.volumes.map(({ name, containerPath }) => ({ key: rowKey(), name, containerPath })),
    memoryMb: server.limits.memoryMb === null ? '' : String(server.limits.memoryMb),
    cpus: server.limits.cpus === null ? '' : String(server.limits.cpus),
    signal: server.stop.signal ?? '',
    graceSeconds: String(server.stop.graceSeconds),
    restart: server.restart,
    console: server.console.via,
    rconPort: server.console.via === 'rcon' ? String(server.console.containerPort) : '',
    rconPasswordEnv: server.console.via === 'rcon' ? server.console.passwordEnv : '',
    retention: server.retention === null ? 'usual' : server.retention.hours === null ? 'ever' : 'own',
    retentionHours: String(server.retention?.hours ?? server.retentionHours ?? 24),
    quotaMb: server.quota === null ? '' : String(server.quota.dataMb),
    quotaRefuses: server.quota?.refuseStarts ?? false,
    stopCommand: server.console.via === 'none' ? '' : (server.console.stopCommand ?? ''),
    readyLine: server.ready?.line ?? '',
    readyRegex: server.ready?.regex ?? false,
    user: server.sandbox.user ?? '',
    workingDir: server.sandbox.workingDir ?? '',
    tty: server.sandbox.tty,
    readOnlyRoot: server.sandbox.readOnlyRoot,
    tmpfs: server.sandbox.tmpfs.map(({ containerPath, sizeMb }) => `${containerPath} ${sizeMb}`).join('\n'),
    capAdd: server.sandbox.capAdd,
    files: server.files.length === 0 ? '' : JSON.stringify(server.files, null, 2),
    install: server.install,
    start: true,
  };
}

/** The description in the request's shape; not yet known to be right. */
function requestOf(draft: Draft): Record<RecordField, unknown> {
  const command = draft.command.split('\n').filter((line) => line !== '');
  return {
    name: draft.name.trim(),
    image: draft.image.trim(),
    env: Object.fromEntries(filled(draft.env).map((row) => [row.name, wantedValue(row)])),
    command: command.length === 0 ? null : command,
    ports: draft.ports.map(({ name, protocol, containerPort, hostPort }) => {
      const wanted = numberIn(hostPort);
      return { name, protocol, containerPort: numberIn(containerPort), ...(wanted === undefined ? {} : { hostPort: wanted }) };
    }),
    volumes: draft.volumes.map(({ name, containerPath }) => ({ name, containerPath })),
    limits: { memoryMb: numberIn(draft.memoryMb) ?? null, cpus: numberIn(draft.cpus) ?? null },
    stop: { signal: blankAsNull(draft.signal), graceSeconds: numberIn(draft.graceSeconds) },
    restart: draft.restart,
    sandbox: {
      user: blankAsNull(draft.user),
      workingDir: blankAsNull(draft.workingDir),
      tty: draft.tty,
      readOnlyRoot: draft.readOnlyRoot,
      tmpfs: linesIn(draft.tmpfs).map((line) => {
        const [containerPath, size = ''] = line.split(/\s+/);
        return { containerPath, sizeMb: numberIn(size) };
      }),
      capAdd: draft.capAdd,
    },
    console: consoleOf(draft),
    ready: draft.readyLine.trim() === '' ? null : { line: draft.readyLine, regex: draft.readyRegex },
    install: draft.install,
    files: jsonIn(draft.files),
    retention: draft.retention === 'usual' ? null : { hours: draft.retention === 'ever' ? null : (numberIn(draft.retentionHours) ?? '') },
    quota: draft.quotaMb.trim() === '' ? null : { dataMb: numberIn(draft.quotaMb), refuseStarts: draft.quotaRefuses },
  };
}

function consoleOf({ console, rconPort, rconPasswordEnv, stopCommand }: Draft): Record<string, unknown> {
  const stop = { stopCommand: blankAsNull(stopCommand) };
  if (console === 'rcon') return { via: 'rcon', containerPort: numberIn(rconPort), passwordEnv: rconPasswordEnv.trim(), ...stop };
  return console === 'none' ? { via: 'none' } : { via: console, ...stop };
}

const blankAsNull = (typed: string): string | null => (typed.trim() === '' ? null : typed.trim());

const linesIn = (typed: string): string[] =>
  typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What was typed as JSON, empty: a list of nothing; what is none is handed to the schema as it is, to be refused there. */
function jsonIn(typed: string): unknown {
  if (typed.trim() === '') return [];
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}

function wantedValue({ value, secret, kept }: EnvRow): string | { secret: string } | null {
  return kept ? null : secret ? { secret: value } : value;
}

const filled = (rows: readonly EnvRow[]) => rows.filter(({ name, value, kept }) => name !== '' || value !== '' || kept);

export type CreateBody = RequestOf<typeof contract.createServer>['body'];
export type ConfigureBody = RequestOf<typeof contract.configureServer>['body'];

/** Checks a draft of a new server by the schema of `POST /api/servers`. */
export function checkNew(draft: Draft): Checked<CreateBody> {
  const body = { ...requestOf(draft), ...(draft.agentId === '' ? {} : { agentId: draft.agentId }), start: draft.start };
  return checked(createServer.safeParse(body), body as CreateBody, draft);
}

/** The fields in which a draft differs from the record. */
export function changedFields(draft: Draft, server: Server): RecordField[] {
  return differing(requestOf(draft), server);
}

/** Checks changed settings by the schema of `PATCH /api/servers/:serverId`: what is not changed is left out. */
export function checkChanges(draft: Draft, server: Server): Checked<ConfigureBody> {
  const request = requestOf(draft);
  const changed = Object.fromEntries(changedFields(draft, server).map((field) => [field, request[field]]));
  const body = { ...changed, revision: server.revision };
  return checked(configureServer.safeParse(body), body as ConfigureBody, draft);
}

function checked<T>(parsed: Parsed, body: T, draft: Draft): Checked<T> {
  // A record cannot hold a name twice, so the schema would never see it.
  const twice = filled(draft.env).filter(({ name }, at, rows) => rows.findIndex((row) => row.name === name) !== at);
  const errors = new Map([
    ...errorsOfParsed(parsed, placeOf),
    ...twice.map(({ name }): [string, string] => [pointer('env', name), text.form.twice]),
    ...(typeof jsonIn(draft.files) === 'string' ? [[pointer('files'), text.form.notJson] as const] : []),
  ]);
  return errors.size > 0 ? { kind: 'wrong', errors } : { kind: 'right', body };
}

/** Where a fault is shown: of a secret, beside its variable. */
function placeOf(path: readonly PropertyKey[]): readonly PropertyKey[] {
  return path[0] === 'env' ? path.slice(0, 2) : path;
}

/** Which fields a refusal of the manager is about. */
export function errorsOfFault(fault: Fault, draft: Pick<Draft, 'ports'>): FieldErrors {
  const { port, protocol } = fault.extra;
  const named = errorsNamed(fault);
  if (named.size > 0) return named;
  switch (fault.code) {
    case 'name-taken':
      return new Map([[pointer('name'), fault.detail]]);
    case 'image-unavailable':
      return new Map([[pointer('image'), fault.detail]]);
    case 'no-host':
    case 'host-draining':
      return new Map([[pointer('agentId'), fault.detail]]);
    case 'port-taken': {
      const at = draft.ports.findIndex((row) => row.hostPort === String(port) && row.protocol === protocol);
      return at < 0 ? new Map() : new Map([[pointer('ports', at, 'hostPort'), fault.detail]]);
    }
    default:
      return new Map();
  }
}
