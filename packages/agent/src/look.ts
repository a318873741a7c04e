// Looking: one list of the containers with our label becomes an observation. It is numbered before it begins, and says
// absent only where a complete list of a known engine lacks the container and the engine does not find it by its id
// either. A look that fails is an observation too: of nothing, with its reason.

import { isInstaller, labels, serverOf, straysAmong } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import type { DataLook, Observation, ObservedServer } from '@mainstay/wire/link';
import { concurrently } from './concurrently.ts';
import type { Data } from './data.ts';
import type { ListedContainer } from './engine.ts';
import { EngineId } from './engine-id.ts';
import { type Listed, type Seen, Sights, type SightsWorld } from './sights.ts';

/** Servers at a time, in one look. */
const looksAtOnce = 16;

export interface LookingWorld extends SightsWorld {
  readonly data: Data;
  readonly sequence: () => number;
  /** Whether something is being done to the server: its second container is then a rebuild's. */
  readonly busy: (serverId: ServerId) => boolean;
}

export interface LookOptions {
  /** Whether to look at the data as well. */
  readonly data: boolean;
  /** Servers of which something was just heard, or to which something was just done. */
  readonly exact: ReadonlySet<ServerId>;
}

export class Looker {
  readonly engineId: EngineId;
  readonly #world: LookingWorld;
  readonly #sights: Sights;

  readonly #running = new Map<ServerId, string>();

  constructor(world: LookingWorld) {
    this.#world = world;
    this.#sights = new Sights(world);
    this.engineId = new EngineId(world.engine);
  }

  /** The servers that ran when they were last looked at, with their containers. */
  get running(): ReadonlyMap<ServerId, string> {
    return this.#running;
  }

  /** @param scope the servers to look at; `all` is a full look, which tells of strays too */
  async look(scope: 'all' | readonly ServerId[], options: LookOptions): Promise<Observation> {
    const { clock, sequence, known } = this.#world;
    const taken = { sequence: sequence(), takenAt: clock.now() };
    try {
      const engineId = await this.engineId.get();
      const byServer = Map.groupBy(await this.#list(scope), serverOf);
      // Before a manager has told which servers there are, what is seen is known.
      if (!known.told) for (const serverId of byServer.keys()) if (serverId !== null) known.meet(serverId, null);
      const listed: Listed = { engineId, byServer, foundGone: false };
      const targets = scope === 'all' ? known.servers() : scope;
      const servers = await concurrently(targets, looksAtOnce, (serverId) => this.#observe(serverId, listed, options));
      // Nothing is called gone on the word of an engine that was exchanged while we looked.
      if (listed.foundGone && (await this.#isOther(engineId))) return await this.look(scope, options);
      return { ...taken, engineId, why: null, servers, strays: scope === 'all' ? straysAmong(byServer, known, this.#world.busy) : null };
    } catch (error) {
      for (const serverId of options.exact) this.#sights.doubt(serverId);
      if (!(error instanceof Fault)) throw error;
      this.engineId.forget();
      return { ...taken, engineId: null, why: error.detail, servers: [], strays: null };
    }
  }

  async #list(scope: 'all' | readonly ServerId[]): Promise<ListedContainer[]> {
    const ours = { [labels.installation]: this.#world.installationId };
    const [only, ...others] = scope === 'all' ? [] : scope;
    const listed = await this.#world.engine.list(only !== undefined && others.length === 0 ? { ...ours, [labels.server]: only } : ours);
    return listed.filter((container) => !isInstaller(container));
  }

  async #isOther(engineId: string): Promise<boolean> {
    this.engineId.forget();
    return (await this.engineId.get()) !== engineId;
  }

  #observe(serverId: ServerId, listed: Listed, options: LookOptions): ObservedServer | Promise<ObservedServer> {
    const seen = this.#sights.see(serverId, listed, options.exact.has(serverId));
    return seen instanceof Promise || options.data ? this.#observeMore(serverId, seen, options) : this.#observed(serverId, seen, null);
  }

  async #observeMore(serverId: ServerId, seeing: Seen | Promise<Seen>, options: LookOptions): Promise<ObservedServer> {
    const seen = await seeing;
    return this.#observed(serverId, seen, options.data ? (await this.#world.data.look(serverId)).data : null);
  }

  #observed(serverId: ServerId, { sighting, restarts }: Seen, data: DataLook | null): ObservedServer {
    if (sighting.kind === 'running') this.#running.set(serverId, sighting.containerId);
    else this.#running.delete(serverId);
    const crashes = [...this.#world.endings.crashes(serverId)];
    const last = crashes.at(-1);
    const ended = sighting.kind === 'not-running' && last?.containerId === sighting.containerId && last.exit.code === sighting.exit?.code;
    // The end that the sighting itself tells of is no hidden one.
    if (ended) crashes.pop();
    const readyAt = this.#world.readiness.of(serverId);
    const ready = sighting.kind === 'running' && readyAt !== undefined ? { readyAt } : {};
    return { serverId, sighting, data, crashes: crashes.map((crash) => crash.exit), restarts, ...ready };
  }
}
