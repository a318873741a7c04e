// The server: what its record says, and what must hold of it. The shapes are checked at the boundary (`wire`); the
// rules that tie fields together are here, so that the page, the API and the agent give the same answer.

import type { Quota } from './disk.ts';
import type { PortRange } from './ports.ts';
import type { Retention } from './retention.ts';

export const protocols = ['tcp', 'udp'] as const;
export type Protocol = (typeof protocols)[number];

export interface Port {
  readonly name: string;
  readonly protocol: Protocol;
  readonly containerPort: number;
  readonly hostPort: number;
}

export interface Volume {
  readonly name: string;
  /** Absolute path inside the container. */
  readonly containerPath: string;
}

export interface Limits {
  /** MiB; null: no limit. */
  readonly memoryMb: number | null;
  /** Cores, may be fractional; null: no limit. */
  readonly cpus: number | null;
}

export interface StopSettings {
  /** The signal sent first; null: the image's own. */
  readonly signal: string | null;
  /** How long the program may take to save and end before it is killed. */
  readonly graceSeconds: number;
}

/** What can end a program that is asked to stop, in this order. */
export const stopRungs = ['command', 'signal', 'kill'] as const;
export type StopRung = (typeof stopRungs)[number];

/** The engine's own policy, so that servers come back after a host's reboot with nobody's help. */
export const restartPolicies = ['no', 'on-failure', 'unless-stopped'] as const;
export type RestartPolicy = (typeof restartPolicies)[number];

/** A secret as the record keeps it: nobody reads it but the manager that sealed it, and it is never shown again. */
export interface Sealed {
  readonly sealed: string;
}

/** The value of an environment variable in the record. */
export type EnvValue = string | Sealed;

export function isSealed(value: EnvValue): value is Sealed {
  return typeof value !== 'string';
}

/** How commands reach the program. `stopCommand` asks it to save and end, before any signal does; null: none is known. */
export type ConsoleSettings =
  /** One line each to its standard input. */
  | { readonly via: 'stdin'; readonly stopCommand: string | null }
  /** Source RCON on a port inside the container; the password is what this variable of its environment holds. */
  | { readonly via: 'rcon'; readonly containerPort: number; readonly passwordEnv: string; readonly stopCommand: string | null }
  /** It takes none. */
  | { readonly via: 'none' };

/** What the container asks of the kernel beyond the ordinary, as far as a record may ask. A host grants nothing else. */
export const capabilities = ['SYS_NICE'] as const;
export type Capability = (typeof capabilities)[number];

/** A directory in memory: empty at each start, and never larger than this. */
export interface Tmpfs {
  readonly containerPath: string;
  readonly sizeMb: number;
}

/** How the program is set up and shut in. */
export interface Sandbox {
  /** A number or a name, with a group behind a colon; null: the image's own. */
  readonly user: string | null;
  /** null: the image's own. */
  readonly workingDir: string | null;
  readonly tty: boolean;
  /** Nothing but volumes and tmpfs can be written to. */
  readonly readOnlyRoot: boolean;
  readonly tmpfs: readonly Tmpfs[];
  readonly capAdd: readonly Capability[];
}

/** As the engine and the image have it. */
export const plainSandbox: Sandbox = { user: null, workingDir: null, tty: false, readOnlyRoot: false, tmpfs: [], capAdd: [] };

/** What the program says in its log once it can be used. */
export interface ReadyLine {
  readonly line: string;
  /** Whether `line` is a pattern; else it is a part of the line. */
  readonly regex: boolean;
}

/** A script that puts the program into a volume, run once in a container of its own, with the server's environment. */
export interface InstallStep {
  /** The volume that it finds at `/mnt/server`. */
  readonly volume: string;
  readonly image: string;
  /** What runs the script: a program with its arguments, by spaces. */
  readonly entrypoint: string;
  readonly script: string;
}

export const fileParsers = ['file', 'properties', 'json', 'ini', 'yaml', 'xml', 'toml'] as const;
export type FileParser = (typeof fileParsers)[number];

export type FileValue = string | number | boolean | null;

/** Settings of the program's own that are written into one of its files before each start. */
export interface FileEdit {
  readonly volume: string;
  /** Where it is in the volume. */
  readonly path: string;
  readonly parser: FileParser;
  /** Whether it is made when it is not there, where its form allows that. */
  readonly create: boolean;
  /** What is set, by its place in the file; under a condition: by the value that it must have now. May hold placeholders. */
  readonly find: Readonly<Record<string, FileValue | Readonly<Record<string, FileValue>>>>;
}

/** All that a container is made from. */
export interface ServerSpec {
  readonly name: string;
  readonly image: string;
  readonly env: Readonly<Record<string, EnvValue>>;
  /** Overrides the image's command; null: the image's own. */
  readonly command: readonly string[] | null;
  readonly ports: readonly Port[];
  readonly volumes: readonly Volume[];
  readonly limits: Limits;
  readonly stop: StopSettings;
  readonly restart: RestartPolicy;
  readonly sandbox: Sandbox;
}

/** How the server is dealt with, whatever its container was made from: a change needs no rebuild. */
export interface ServerConduct {
  readonly console: ConsoleSettings;
  /** null: not known. */
  readonly ready: ReadyLine | null;
  readonly install: InstallStep | null;
  readonly files: readonly FileEdit[];
  /** How long it is kept once it is deleted; null: as the installation says. */
  readonly retention: { readonly hours: Retention } | null;
  /** null: it may take what it likes. */
  readonly quota: Quota | null;
}

/** Of a server that nothing is known of but its container. */
export const plainConduct: ServerConduct = {
  console: { via: 'stdin', stopCommand: null },
  ready: null,
  install: null,
  files: [],
  retention: null,
  quota: null,
};

/** All that a server's record says. */
export interface ServerRecord extends ServerSpec, ServerConduct {}

/** Ports that Mainstay gives away on a host when a request names none. */
export const defaultPortRange: PortRange = { from: 20000, to: 29999 };

/**
 * Server names are container names and host names at once, so the narrowest rule of the three holds: lower-case
 * letters, digits and inner hyphens, dots or underscores; 2 to 60 characters (the engine asks for 2; `.previous` must still fit in 63 + 9).
 */
export const namePattern = /^[a-z0-9](?:[a-z0-9._-]{0,58}[a-z0-9])$/;

/** A fault of one field. `path` is where it stands in the request: `['ports', 1, 'hostPort']`. */
export interface FieldFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What the rules between fields look at. Host ports may still be open (undefined: to be allocated). */
export interface RuledFields {
  readonly ports: readonly {
    readonly name: string;
    readonly protocol: Protocol;
    readonly containerPort: number;
    readonly hostPort?: number | undefined;
  }[];
  readonly volumes: readonly Volume[];
  readonly tmpfs: readonly Tmpfs[];
  readonly install: Pick<InstallStep, 'volume'> | null;
  readonly files: readonly Pick<FileEdit, 'volume'>[];
}

/** The rules between fields: no port, volume or path twice, and no volume that is not there. */
export function fieldFaults(spec: RuledFields): FieldFault[] {
  const named = new Set(spec.volumes.map(({ name }) => name));
  const unnamed = (volume: string, path: FieldFault['path']): FieldFault[] =>
    named.has(volume) ? [] : [{ path, message: `There is no volume named “${volume}”.` }];
  return [
    ...twice(
      spec.ports,
      (port) => port.name,
      (port, at) => ({ path: ['ports', at, 'name'], message: `Two ports are named “${port.name}”.` }),
    ),
    ...twice(
      spec.ports,
      (port) => `${port.containerPort}/${port.protocol}`,
      (port, at) => ({
        path: ['ports', at, 'containerPort'],
        message: `Container port ${port.containerPort}/${port.protocol} is listed twice.`,
      }),
    ),
    ...twice(
      spec.ports,
      (port) => (port.hostPort === undefined ? null : `${port.hostPort}/${port.protocol}`),
      (port, at) => ({
        path: ['ports', at, 'hostPort'],
        message: `Host port ${port.hostPort}/${port.protocol} is listed twice.`,
      }),
    ),
    ...twice(
      spec.volumes,
      (volume) => volume.name,
      (volume, at) => ({ path: ['volumes', at, 'name'], message: `Two volumes are named “${volume.name}”.` }),
    ),
    ...twice(
      spec.volumes,
      (volume) => volume.containerPath,
      (volume, at) => ({
        path: ['volumes', at, 'containerPath'],
        message: `Two volumes are mounted at ${volume.containerPath}.`,
      }),
    ),
    ...spec.tmpfs.flatMap(({ containerPath }, at) =>
      [...spec.volumes, ...spec.tmpfs.slice(0, at)].some((other) => other.containerPath === containerPath)
        ? [{ path: ['sandbox', 'tmpfs', at, 'containerPath'], message: `Something else is mounted at ${containerPath}.` }]
        : [],
    ),
    ...(spec.install === null ? [] : unnamed(spec.install.volume, ['install', 'volume'])),
    ...spec.files.flatMap(({ volume }, at) => unnamed(volume, ['files', at, 'volume'])),
  ];
}

function twice<T>(items: readonly T[], key: (item: T) => string | null, fault: (item: T, at: number) => FieldFault): FieldFault[] {
  const seen = new Set<string>();
  return items.flatMap((item, at) => {
    const value = key(item);
    if (value === null || !seen.has(value)) {
      if (value !== null) seen.add(value);
      return [];
    }
    return [fault(item, at)];
  });
}
