// A simulated host: a machine with an agent on it that speaks the real link to a real manager. The machine goes on when
// the agent is stopped, and a started one takes up where the machine stands. Hundreds of them fit in one process.

import type { AgentId } from '@mainstay/core/id';
import { sampleEveryMs } from '@mainstay/wire/usage';
import { Agent } from './agent.ts';
import { type Identity, join } from './key.ts';
import { Knobs } from './knobs.ts';
import { Machine } from './machine.ts';
import { Outside } from './outside.ts';
import type { World } from './world.ts';

export interface HostOptions extends World {
  readonly managerUrl: string;
  /** A one-time token of this manager's. */
  readonly joinToken: string;
  /** What it is called, unless another host is. */
  readonly name: string;
  /** What its engine holds at first: reference → bytes. Others are pulled, but those of `localhost` and `*.invalid`. */
  readonly images?: Readonly<Record<string, number>>;
  /** How long a pull takes. Left out: no time. */
  readonly pullMs?: number;
  /** Between samples of what servers use; null: none are taken. Left out: as the real agent. */
  readonly usageEveryMs?: number | null;
}

export class Host {
  readonly agentId: AgentId;
  readonly machine: Machine;
  readonly knobs: Knobs;
  readonly outside: Outside;
  readonly #options: HostOptions;
  readonly #identity: Identity;
  #agent: Agent | null = null;
  #boots = 0;

  constructor(options: HostOptions, identity: Identity) {
    this.#options = options;
    this.#identity = identity;
    this.agentId = identity.agentId;
    this.machine = new Machine(options, options.images ?? {});
    this.knobs = new Knobs(options.clock);
    this.outside = new Outside(this.machine);
  }

  get name(): string {
    return this.#options.name;
  }

  /** Starts its agent. Whether it is online, the manager says. */
  start(): void {
    if (this.#agent) return;
    this.#boots += 1;
    const { clock, random, name, pullMs = 0, usageEveryMs = sampleEveryMs } = this.#options;
    const { machine, knobs } = this;
    this.#agent = new Agent({ clock, random, name, pullMs, usageEveryMs, machine, knobs, identity: this.#identity, boots: this.#boots });
  }

  /** Ends its agent; its containers stay as they are. */
  async stop(): Promise<void> {
    const agent = this.#agent;
    this.#agent = null;
    await agent?.stop();
  }

  /** Its link breaks, as networks do; it is dialled again. */
  cutLink(): void {
    this.#agent?.link.cut();
  }

  /** Its link swallows everything, until the manager gives it up. */
  silenceLink(): void {
    this.#agent?.link.silence();
  }

  /** It is no more: agent, engine and all. */
  async close(): Promise<void> {
    await this.stop();
    this.machine.end();
  }
}

/**
 * Joins a manager and starts.
 * @throws Fault with the manager's reason when it refuses
 */
export async function openHost(options: HostOptions): Promise<Host> {
  const host = new Host(options, await join(options.managerUrl, options.joinToken, options.name));
  host.start();
  return host;
}
