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

/** How commands reach the program. Not of the container's making: a change needs no rebuild. */
export type ConsoleSettings =
  /** One line each to its standard input. */
  | { readonly via: 'stdin' }
  /** Source RCON on a port inside the container; the password is what this variable of its environment holds. */
  | { readonly via: 'rcon'; readonly containerPort: number; readonly passwordEnv: string }
  /** It takes none. */
  | { readonly via: 'none' };

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
}

/** What a server's record says: how its container is made, how it is spoken to, and how long it is kept. */
export interface ServerRecord extends ServerSpec {
  readonly console: ConsoleSettings;
  /** How long it is kept once it is deleted; null: as the installation says. */
  readonly retention: { readonly hours: Retention } | null;
  /** null: it may take what it likes. */
  readonly quota: Quota | null;
}

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

/** The rules between fields: no port or volume twice. Host ports may still be open (undefined: to be allocated). */
export function fieldFaults(spec: {
  readonly ports: readonly {
    readonly name: string;
    readonly protocol: Protocol;
    readonly containerPort: number;
    readonly hostPort?: number | undefined;
  }[];
  readonly volumes: readonly Volume[];
}): FieldFault[] {
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
