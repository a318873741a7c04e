// From the record to what the engine is asked to make: pure. A container gets its image, its settings, its own data
// and nothing else of the host; it is never privileged. It is found again by its labels, never by its name.

import { labels } from '@mainstay/core/bodies';
import type { InstallationId, OperationId, ServerId } from '@mainstay/core/id';
import type { InstallStep } from '@mainstay/core/server';
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

const processors = (cpus: number | null) => (cpus === null ? {} : { NanoCpus: Math.round(cpus * 1e9) });

const environment = ({ env }: ContainerSpec): string[] => Object.entries(env).map(([name, value]) => `${name}=${value}`);

/** Programs unpack libraries there and load them, so it may be executed from; nothing there raises rights or is a device. */
const tmpfsOptions = (sizeMb: number) => `rw,exec,nosuid,nodev,size=${sizeMb}m`;

/** What a stranger's program, an egg's for one, has no use for: raw packets, devices, and rights that it was not started with. */
const shutIn = { SecurityOpt: ['no-new-privileges'], CapDrop: ['MKNOD', 'NET_RAW'] } as const;

/** Threads count in: far beyond any game server, and what a fork bomb is held to. */
const pidsMost = 4096;

export function containerOptions({ serverId, installationId, operationId, spec, mounts }: Making): ContainerOptions {
  const { sandbox } = spec;
  return {
    Image: spec.image,
    Hostname: spec.name,
    Env: environment(spec),
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
    Tty: sandbox.tty,
    ...(sandbox.user === null ? {} : { User: sandbox.user }),
    ...(sandbox.workingDir === null ? {} : { WorkingDir: sandbox.workingDir }),
    ...(spec.stop.signal === null ? {} : { StopSignal: spec.stop.signal }),
    // For whoever stops it without naming a time: the engine's own shutdown, a person's `docker stop`.
    StopTimeout: spec.stop.graceSeconds,
    HostConfig: {
      ...memory(spec.limits.memoryMb),
      ...processors(spec.limits.cpus),
      PortBindings: Object.fromEntries(
        spec.ports.map((port) => [`${port.containerPort}/${port.protocol}`, [{ HostPort: String(port.hostPort) }]]),
      ),
      // Mounts, not binds: a bind whose source is gone would be made anew by the engine, an empty world.
      Mounts: mounts.map((mount) => ({ Type: 'bind' as const, Source: mount.hostPath, Target: mount.containerPath })),
      RestartPolicy: { Name: spec.restart },
      LogConfig: logging,
      Privileged: false,
      ReadonlyRootfs: sandbox.readOnlyRoot,
      Tmpfs: Object.fromEntries(sandbox.tmpfs.map(({ containerPath, sizeMb }) => [containerPath, tmpfsOptions(sizeMb)])),
      CapAdd: [...sandbox.capAdd],
      PidsLimit: pidsMost,
      // Ordinary images may begin as root and come down by sudo; one that was given its user, or a root of stone, does not.
      ...(sandbox.user !== null || sandbox.readOnlyRoot ? { SecurityOpt: [...shutIn.SecurityOpt], CapDrop: [...shutIn.CapDrop] } : {}),
    },
  };
}

export interface InstallerMaking {
  readonly serverId: ServerId;
  readonly installationId: InstallationId;
  readonly operationId: OperationId;
  readonly spec: ContainerSpec;
  readonly install: InstallStep;
  readonly volumePath: string;
  /** Where the script is on the host. */
  readonly scripts: string;
}

/** An installer unpacks and compiles what its server then only runs: a server's small limit would end it half way. */
const installerMemoryMb = 1024;
/** Of a server without a limit: its installer is a stranger's script all the same. */
const installerMemoryMostMb = 4096;
export const installerMemory = (memoryMb: number | null): number =>
  memoryMb === null ? installerMemoryMostMb : Math.max(memoryMb, installerMemoryMb);

/** A container that runs the install script once, over the server's data and with its environment; it publishes nothing. */
export function installerOptions(making: InstallerMaking): ContainerOptions {
  const { serverId, installationId, operationId, spec, install, volumePath, scripts } = making;
  const { memoryMb, cpus } = spec.limits;
  return {
    Image: install.image,
    Hostname: 'installer',
    Env: environment(spec),
    Entrypoint: install.entrypoint.split(' '),
    Cmd: ['/mnt/install/install.sh'],
    WorkingDir: '/mnt/server',
    Labels: { [labels.install]: serverId, [labels.installation]: installationId, [labels.operation]: operationId },
    HostConfig: {
      ...memory(installerMemory(memoryMb)),
      ...processors(cpus),
      Mounts: [
        { Type: 'bind', Source: volumePath, Target: '/mnt/server' },
        { Type: 'bind', Source: scripts, Target: '/mnt/install', ReadOnly: true },
      ],
      RestartPolicy: { Name: 'no' },
      LogConfig: logging,
      Privileged: false,
      PidsLimit: pidsMost,
      SecurityOpt: [...shutIn.SecurityOpt],
      CapDrop: [...shutIn.CapDrop],
    },
  };
}

/** The paths that an image declares as volumes and the record mounts nothing at. */
export function unrecordedVolumes(spec: ContainerSpec, declared: readonly string[]): string[] {
  const recorded = new Set(spec.volumes.map((volume) => volume.containerPath));
  const normal = declared.map((path) => path.replace(/\/+$/, ''));
  return [...new Set(normal)].filter((path) => path.startsWith('/') && !recorded.has(path)).sort();
}
