// The port to the container engine: all that the agent needs of one, in its own words. Every call ends: with an
// answer, or with a fault that says whether the engine could not be reached or refused.

import type { Protocol, RestartPolicy } from '@mainstay/core/server';
import type { Progress } from '@mainstay/wire/operations';
import type { LogLine } from '@mainstay/wire/servers';
import type { ContainerOptions } from './container.ts';
import type { Counters } from './usage.ts';

export interface EngineFacts {
  /** The engine's own id: another one behind the same socket has another. */
  readonly id: string;
  readonly version: string;
  readonly storageDriver: string;
  readonly cgroupVersion: string;
  readonly cpus: number;
  readonly memoryBytes: number;
}

export interface HostPort {
  readonly protocol: Protocol;
  readonly hostPort: number;
}

/** A container as the engine's list shows it. */
export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The engine's word: created, running, paused, restarting, removing, exited, dead. */
  readonly state: string;
  /** The engine's phrase, such as `Exited (3) 2 minutes ago`. */
  readonly status: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** Host ports that it holds now. */
  readonly ports: readonly HostPort[];
}

/** What only a look at the one container tells. */
export interface InspectedContainer extends Omit<ListedContainer, 'status' | 'createdAt' | 'ports'> {
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** When its process last ended, ms UTC; null: never. */
  readonly finishedAt: number | null;
  /** When its process last began, ms UTC; null: never. */
  readonly startedAt: number | null;
  /** What the engine does when its process ends by itself: no, on-failure, unless-stopped, always. */
  readonly restart: string;
  /** How often the restart policy has started it again. */
  readonly restarts: number;
  readonly image: string;
  /** Its main process, in the host's own numbering; null when it does not run. */
  readonly pid: number | null;
  /** Whether it has one: its log is framed otherwise. */
  readonly terminal: boolean;
  /** Its environment, `NAME=value`. */
  readonly env: readonly string[];
  /** Where this host reaches its ports: its own addresses, while it runs. */
  readonly addresses: readonly string[];
  /** Its TCP ports that are published, by the port inside. */
  readonly published: ReadonlyMap<number, number>;
}

export interface EngineEvent {
  readonly action: string;
  readonly containerId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of `die`. */
  readonly exitCode: number | null;
  /** Of `kill`: the signal's number. */
  readonly signal: number | null;
  /** ms UTC by the engine's clock. */
  readonly at: number;
  /** The engine's own place in its stream, to go on from. */
  readonly cursor: string;
}

/** Labels that a container must carry, with these values. */
export type LabelFilter = Readonly<Record<string, string>>;

/** Where a log is followed from: its last lines, or a moment, ms UTC. */
export type LogStart = { readonly tail: number } | { readonly since: number };

export interface Engine {
  /** Whether it runs on this very host, so that what /proc says concerns it. */
  readonly local: boolean;
  facts(): Promise<EngineFacts>;
  /** All containers with these labels, stopped ones included. */
  list(labels: LabelFilter): Promise<ListedContainer[]>;
  /** By id or name. @returns null when it certainly is not there */
  inspect(container: string): Promise<InspectedContainer | null>;
  /** @returns the new container's id. @throws Fault `container-name-taken`, `image-unavailable`, `container-failed` */
  create(name: string, options: ContainerOptions): Promise<string>;
  /** Nothing to do when it runs. @throws Fault `container-gone`, `port-taken`, `container-failed` */
  start(id: string): Promise<void>;
  unpause(id: string): Promise<void>;
  /** Its stop signal, then, after `graceSeconds` (null: as it was made with), the end. Nothing to do when it does not run or is gone. */
  stop(id: string, graceSeconds: number | null, signal: AbortSignal): Promise<void>;
  /** What it does from now on when its process ends by itself. Nothing to do when it is gone. */
  setRestart(id: string, policy: RestartPolicy): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  /** Removes it, running or not, and never a volume. Nothing to do when it is gone; being removed already is no error. */
  remove(id: string): Promise<void>;
  /** The last lines, oldest first. @throws Fault `container-gone` */
  logs(id: string, tail: number): Promise<LogLine[]>;
  /** The lines from there and then each as it comes, until its process ends or `signal` aborts. @throws Fault `container-gone` */
  follow(id: string, from: LogStart, each: (lines: LogLine[]) => void, signal: AbortSignal): Promise<void>;
  /** Writes one line to its standard input. @throws Fault `container-gone` when it does not run */
  input(id: string, line: string): Promise<void>;
  /** What it has used so far, as the engine tells it; null when it does not run. */
  counters(id: string): Promise<Counters | null>;
  /** @returns null when the engine does not hold it */
  image(reference: string): Promise<{ readonly volumes: readonly string[] } | null>;
  images(): Promise<{ reference: string; bytes: number }[]>;
  /** @throws Fault `image-unavailable` */
  pull(reference: string, report: (progress: Progress) => void, signal: AbortSignal): Promise<void>;
  /**
   * Container events with these labels, until the stream ends or `signal` aborts.
   * @param after the cursor of the last event seen; null: from now on
   * @param opened called once the engine has taken the request
   */
  events(
    labels: LabelFilter,
    after: string | null,
    opened: () => void,
    each: (event: EngineEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
}
