// The agent of a simulated host, from its start to its end: what it remembers is gone with it. It listens to its engine,
// tells the manager what is new until that is acknowledged, and answers what the manager asks.

import { setMaxListeners } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { labels, serverOf } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import { Known } from '@mainstay/core/known';
import type { HostFacts } from '@mainstay/wire/agents';
import { Crashes } from './crashes.ts';
import type { Happening } from './engine.ts';
import { hostFacts } from './facts.ts';
import type { Identity } from './key.ts';
import type { Ends, Knobs } from './knobs.ts';
import { Link } from './link.ts';
import { type LookingWorld, look } from './look.ts';
import type { Listener, Machine } from './machine.ts';
import { createHandlers } from './methods.ts';
import { News } from './news.ts';
import { Readiness } from './readiness.ts';
import { Turns } from './turns.ts';
import { sampleUsage } from './usage.ts';
import type { World } from './world.ts';

/** As the real agent's: what no event told of is seen after this long, and what was not acknowledged is told again. */
const lookEveryMs = 5_000;
/** What has no events, data and what the host is like, is looked at each so many times, once a minute. */
const looksAnUpkeep = 12;

export interface AgentWorld extends World {
  readonly name: string;
  readonly identity: Identity;
  readonly machine: Machine;
  readonly knobs: Knobs;
  /** How long a pull takes. */
  readonly pullMs: number;
  /** Between samples of what servers use; null: none are taken. */
  readonly usageEveryMs: number | null;
  /** How often this host's agent was started: its numbers rise with it. */
  readonly boots: number;
}

export class Agent implements Listener {
  readonly link: Link;
  readonly #world: AgentWorld;
  readonly #looking: LookingWorld;
  readonly #known: Known;
  readonly #news = new News();
  readonly #crashes = new Crashes();
  /** Servers to whom something happened that nothing told of. */
  readonly #unheard = new Set<ServerId>();
  /** Whether anything happened since the last full look. */
  #touched = true;
  #full = true;
  #told = { engine: '', strays: '[]' };
  #factsTold: HostFacts | null = null;
  #wanted = Promise.withResolvers<void>();
  readonly #stopping = new AbortController();
  readonly #ends: Ends;
  readonly #running: Promise<unknown>;

  constructor(world: AgentWorld) {
    this.#world = world;
    const { machine, knobs, clock, identity } = world;
    const { signal } = this.#stopping;
    setMaxListeners(0, signal);
    this.#ends = { signal, lost: signal };
    this.#known = new Known(machine.data.recorded());
    this.#news.add(this.#known.servers());
    const turns = new Turns();
    let last = world.boots * 2 ** 32;
    this.#looking = {
      installationId: identity.installationId,
      machine,
      known: this.#known,
      crashes: this.#crashes,
      readiness: new Readiness(),
      knobs,
      clock,
      sequence: () => {
        last += 1;
        return last;
      },
      busy: turns.busy,
    };
    this.link = new Link({
      ...world,
      handlers: createHandlers({
        ...this.#looking,
        turns,
        pullMs: world.pullMs,
        askManager: (operationId, question, until) => this.link.askOfCopy(operationId, question, until),
        met: (serverIds) => this.#news.add(serverIds),
      }),
      facts: () => {
        this.#factsTold = hostFacts(world.name, machine, clock.now());
        return this.#factsTold;
      },
      proven: (seenSequence) => {
        last = Math.max(last, seenSequence);
        this.#wanted.resolve();
      },
    });
    machine.listener = this;
    this.#running = Promise.all([this.link.run(signal), this.#telling(), this.#ticking(), this.#sampling()]);
  }

  /** Ends it at once, as a power cut would. */
  async stop(): Promise<void> {
    if (this.#world.machine.listener === this) this.#world.machine.listener = null;
    this.#stopping.abort();
    this.#wanted.resolve();
    await this.#running;
  }

  happened({ container, exit }: Happening): boolean {
    if (container.labels[labels.installation] !== this.#world.identity.installationId) return true;
    const serverId = serverOf(container);
    this.#touched = true;
    if (serverId === null) return true;
    if (this.#world.knobs.deaf) {
      this.#unheard.add(serverId);
      return false;
    }
    if (exit?.asked === false) this.#crashes.note(serverId, exit);
    if (this.#known.has(serverId)) this.#news.add([serverId]);
    this.#wanted.resolve();
    return true;
  }

  socketChanged(): void {
    // What was told of one engine says nothing of another.
    this.#news.add(this.#known.servers());
    this.#full = true;
    this.#wanted.resolve();
  }

  /** Tells what is new, one look at a time: what happens meanwhile is gathered for the next. */
  async #telling(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#wanted.promise;
      this.#wanted = Promise.withResolvers();
      if (this.link.up) await this.#tell();
    }
  }

  async #tell(): Promise<void> {
    const { count } = this.#news;
    const full = this.#full;
    this.#full = false;
    const seen = await look(this.#looking, full ? 'all' : this.#news.servers(), this.#ends);
    const servers = seen.servers.filter(({ serverId }) => this.#news.has(serverId));
    const told = { engine: seen.engineId ?? 'unreachable', strays: seen.strays === null ? this.#told.strays : JSON.stringify(seen.strays) };
    if (servers.length === 0 && told.engine === this.#told.engine && told.strays === this.#told.strays) return;
    const recorded = await this.#world.knobs
      .call('tell', this.#ends, () => this.link.observe({ ...seen, servers }))
      .catch((error: unknown) => {
        if (error instanceof Fault) return false;
        throw error;
      });
    if (!recorded) {
      this.#full ||= full;
      return;
    }
    this.#told = told;
    this.#news.acknowledge(
      servers.map(({ serverId }) => serverId),
      count,
    );
    for (const { serverId, sighting, crashes } of servers) {
      this.#crashes.forget(serverId, [...crashes, ...(sighting.kind === 'not-running' && sighting.exit ? [sighting.exit] : [])]);
    }
  }

  async #ticking(): Promise<void> {
    const { clock, machine } = this.#world;
    const { signal } = this.#stopping;
    for (let looks = 0; !signal.aborted; looks += 1) {
      this.#news.add(this.#unheard);
      this.#unheard.clear();
      if (looks % looksAnUpkeep === looksAnUpkeep - 1) {
        this.#tellFacts();
        this.#news.add(machine.data.takeChanged());
        machine.data.trash.emptyWhatIsDue();
      }
      this.#full ||= this.#touched;
      this.#touched = false;
      if (this.#full || this.#news.size > 0) this.#wanted.resolve();
      await clock.pause(lookEveryMs, signal);
    }
  }

  /** Tells what the host is like, when it is not as it was told. */
  #tellFacts(): void {
    const facts = hostFacts(this.#world.name, this.#world.machine, this.#world.clock.now());
    if (this.#factsTold === null || isDeepStrictEqual(facts, { ...this.#factsTold, clockAt: facts.clockAt })) return;
    this.#factsTold = facts;
    this.link.notify('host.facts', facts);
  }

  async #sampling(): Promise<void> {
    const { usageEveryMs, clock, machine, identity } = this.#world;
    const { signal } = this.#stopping;
    while (usageEveryMs !== null && !signal.aborted) {
      await clock.pause(usageEveryMs, signal);
      const report = sampleUsage(this.#world, machine.engine.list({ [labels.installation]: identity.installationId }));
      if (report.servers.length > 0) this.link.notify('host.usage', report);
    }
  }
}
