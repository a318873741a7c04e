// A host: an agent as a process of its own, with a home that stays its own however often it dies and is started. It
// joins at its first start. Several hosts of one test are agents side by side on this machine's one engine.

import { join } from 'node:path';
import { type Program, type Settings, startProgram, type Where } from './program.ts';

export interface Host {
  readonly name: string;
  /** The agent's own directory: its key, its identity, its servers' data. */
  readonly home: string;
  /** Of the agent that was started last. @throws when none was */
  readonly pid: number;
  /** Where a server's directory is on it. */
  dataOf(serverId: string): string;
  /** Starts the agent; whether it is online, the manager says. */
  start(): void;
  /** As a power cut would. */
  kill(): Promise<void>;
  /** As Ctrl-C does. */
  stop(): Promise<number | string>;
  /** Holds it still, or lets it go on, wherever it is (SIGSTOP, SIGCONT). */
  freeze(): void;
  thaw(): void;
  /** Resolves when the agent of the last start has ended, by whatever cause. */
  ended(): Promise<number | string>;
}

export interface HostOptions extends Where {
  readonly directory: string;
  readonly name: string;
  readonly managerUrl: string;
  readonly joinToken: string;
  /** DOCKER_HOST; left out: this machine's engine, as the tests find it. */
  readonly dockerHost?: string;
  /** Settings of its agent beside its own. */
  readonly settings?: Settings;
}

export function createHost({ directory, name, managerUrl, joinToken, dockerHost, settings: more, ...where }: HostOptions): Host {
  const home = join(directory, name);
  const settings: Settings = {
    MAINSTAY_HOME: home,
    MAINSTAY_AGENT_NAME: name,
    MAINSTAY_MANAGER: managerUrl,
    MAINSTAY_JOIN_TOKEN: joinToken,
    MAINSTAY_LOG: 'debug',
    ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
    ...more,
  };
  let program: Program | null = null;
  return {
    name,
    home: join(home, 'agent'),
    get pid() {
      if (program === null) throw new Error('The agent was never started.');
      return program.pid;
    },
    dataOf: (serverId) => join(home, 'agent/data', serverId),
    start() {
      program = startProgram(['agent'], settings, join(directory, `${name}.log`), where);
    },
    async kill() {
      await program?.kill();
    },
    async stop() {
      return (await program?.stop()) ?? 'not running';
    },
    freeze: () => program?.signal('SIGSTOP'),
    thaw: () => program?.signal('SIGCONT'),
    async ended() {
      return (await program?.ended) ?? 'not running';
    },
  };
}
