// From the record to what the engine is asked to make: pure. A container gets its image, its settings, its own data
// and nothing else of the host; it is never privileged. It is found again by its labels, never by its name.

import { labels } from '@mainstay/core/bodies';
import type { InstallationId, OperationId, ServerId } from '@mainstay/core/id';
import type { ContainerSpec } from '@mainstay/wire/link';
import type { ContainerCreateOptions } from 'dockerode';

/** What the engine's API takes as a container's body. */
export type ContainerOptions = Omit<ContainerCreateOptions, 'name' | 'abortSignal'>;

export interface Mount {
  readonly hostPath: string;
  readonly containerPath: string;
}

export interface Making {
  readonly serverId: ServerId;
  readonly installationId: InstallationId;
  /** null: no replacement. */
  readonly operationId: OperationId | null;
  readonly spec: ContainerSpec;
  readonly mounts: readonly Mount[];
}

/** 30 MiB of log a container at most; a server that runs for a year must not fill the disk with it. */
const logging = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } };

/** Swap counts in: a limit that memory could leave by way of swap would be none. */
function memory(megabytes: number | null) {
  if (megabytes === null) return {};
  const bytes = megabytes * 1024 * 1024;
  return { Memory: bytes, MemorySwap: bytes };
}

export function containerOptions({ serverId, installationId, operationId, spec, mounts }: Making): ContainerOptions {
  return {
    Image: spec.image,
    Hostname: spec.name,
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    ...(spec.command ? { Cmd: [...spec.command] } : {}),
    Labels: {
      [labels.server]: serverId,
      [labels.installation]: installationId,
      [labels.operation]: operationId ?? '',
      [labels.name]: spec.name,
    },
    ExposedPorts: Object.fromEntries(spec.ports.map((port) => [`${port.containerPort}/${port.protocol}`, {}])),
    // Consoles of game servers read their commands from stdin.
    OpenStdin: true,
    ...(spec.stop.signal === null ? {} : { StopSignal: spec.stop.signal }),
    // For whoever stops it without naming a time: the engine's own shutdown, a person's `docker stop`.
    StopTimeout: spec.stop.graceSeconds,
    HostConfig: {
      ...memory(spec.limits.memoryMb),
      ...(spec.limits.cpus === null ? {} : { NanoCpus: Math.round(spec.limits.cpus * 1e9) }),
      PortBindings: Object.fromEntries(
        spec.ports.map((port) => [`${port.containerPort}/${port.protocol}`, [{ HostPort: String(port.hostPort) }]]),
      ),
      // Mounts, not binds: a bind whose source is gone would be made anew by the engine, an empty world.
      Mounts: mounts.map((mount) => ({ Type: 'bind' as const, Source: mount.hostPath, Target: mount.containerPath })),
      RestartPolicy: { Name: spec.restart },
      LogConfig: logging,
      Privileged: false,
    },
  };
}

/** The paths that an image declares as volumes and the record mounts nothing at. */
export function unrecordedVolumes(spec: ContainerSpec, declared: readonly string[]): string[] {
  const recorded = new Set(spec.volumes.map((volume) => volume.containerPath));
  const normal = declared.map((path) => path.replace(/\/+$/, ''));
  return [...new Set(normal)].filter((path) => path.startsWith('/') && !recorded.has(path)).sort();
}
