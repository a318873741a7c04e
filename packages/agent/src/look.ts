// Looking: one list of the containers with our label becomes an observation. It is numbered before it begins, and says
// absent only where a complete list of a known engine lacks the container and the engine does not find it by its id
// either. A look that fails is an observation too: of nothing, with its reason.

import { Fault } from '@mainstay/core/fault';
import type { InstallationId, ServerId } from '@mainstay/core/id';
import type { Sighting } from '@mainstay/core/settle';
import type { Stray } from '@mainstay/wire/agents';
import type { Observation, ObservedServer } from '@mainstay/wire/link';
import { bodyAmong, serverOf } from './bodies.ts';
import type { Clock } from './clock.ts';
import { concurrently } from './concurrently.ts';
import { labels } from './container.ts';
import type { Data } from './data.ts';
import type { Endings } from './endings.ts';
import type { Engine, ListedContainer } from './engine.ts';
import { EngineId } from './engine-id.ts';
import type { Known } from './known.ts';
import { meaningOf, sightingOf, statusCode } from './sight.ts';

/** Inspections and looks at data at a time, in one look. */
const looksAtOnce = 16;

export interface LookingWorld {
  readonly installationId: InstallationId;
  readonly engine: Engine;
  readonly data: Data;
  readonly known: Known;
  readonly endings: Endings;
  readonly clock: Clock;
  readonly sequence: () => number;
  /** Whether something is being done to the server: its second container is then a rebuild's. */
  readonly busy: (serverId: ServerId) => boolean;
}

export interface LookOptions {
  /** Whether to look at the data as well. */
  readonly data: boolean;
}

interface Seen {
  readonly sighting: Sighting;
  readonly restarts: number | null;
}

export class Looker {
  readonly engineId: EngineId;
  readonly #world: LookingWorld;
  /** Ends that were inspected, so that a stopped server costs no call at every look. */
  readonly #ended = new Map<string, { status: string | null; seen: Seen }>();
  /** Recorded containers that the engine does not find, by engine. */
  readonly #gone = new Set<string>();

  constructor(world: LookingWorld) {
    this.#world = world;
    this.engineId = new EngineId(world.engine);
  }

  /** The container's end was another one since: look at it anew. */
  forgetEnd(containerId: string): void {
    this.#ended.delete(containerId);
  }

  /** @param scope the servers to look at; `all` is a full look, which tells of strays too */
  async look(scope: 'all' | readonly ServerId[], options: LookOptions): Promise<Observation> {
    const { clock, sequence } = this.#world;
    const taken = { sequence: sequence(), takenAt: clock.now() };
    try {
      const engineId = await this.engineId.get();
      const listed = await this.#list(scope);
      const byServer = Map.groupBy(listed, serverOf);
      if (!this.#world.known.told) this.#meet(byServer);
      const targets = scope === 'all' ? this.#world.known.servers() : scope;
      const news = { absent: false };
      const servers = await concurrently(targets, looksAtOnce, (serverId) =>
        this.#observe(serverId, byServer.get(serverId) ?? [], engineId, news, options),
      );
      // Nothing is called gone on the word of an engine that was exchanged while we looked.
      if (news.absent && (await this.#isOther(engineId))) return await this.look(scope, options);
      return { ...taken, engineId, why: null, servers, strays: scope === 'all' ? this.#strays(byServer) : null };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.engineId.forget();
      return { ...taken, engineId: null, why: error.detail, servers: [], strays: null };
    }
  }

  #list(scope: 'all' | readonly ServerId[]): Promise<ListedContainer[]> {
    const ours = { [labels.installation]: this.#world.installationId };
    const [only, ...others] = scope === 'all' ? [] : scope;
    return this.#world.engine.list(only !== undefined && others.length === 0 ? { ...ours, [labels.server]: only } : ours);
  }

  async #isOther(engineId: string): Promise<boolean> {
    this.engineId.forget();
    return (await this.engineId.get()) !== engineId;
  }

  #meet(byServer: ReadonlyMap<ServerId | null, ListedContainer[]>): void {
    for (const serverId of byServer.keys()) if (serverId !== null) this.#world.known.meet(serverId, null);
  }

  async #observe(
    serverId: ServerId,
    containers: readonly ListedContainer[],
    engineId: string,
    news: { absent: boolean },
    options: LookOptions,
  ): Promise<ObservedServer> {
    const { data, endings } = this.#world;
    const { sighting, restarts } = await this.#see(serverId, containers, engineId, news).catch(unknown);
    const crashes = [...endings.crashes(serverId)];
    // The end that the sighting itself tells of is no hidden one.
    const last = crashes.at(-1);
    if (sighting.kind === 'not-running' && last?.containerId === sighting.containerId && last.exit.code === sighting.exit?.code)
      crashes.pop();
    return {
      serverId,
      sighting,
      data: options.data ? (await data.look(serverId)).data : null,
      crashes: crashes.map((crash) => crash.exit),
      restarts,
    };
  }

  async #see(serverId: ServerId, containers: readonly ListedContainer[], engineId: string, news: { absent: boolean }): Promise<Seen> {
    const { engine, known, installationId } = this.#world;
    const recorded = known.recorded(serverId);
    const body = bodyAmong(containers, recorded);
    if (body) return this.#seeBody(serverId, body);
    const absent: Seen = { sighting: { kind: 'absent' }, restarts: null };
    if (recorded === null) return absent;
    const remembered = `${engineId} ${recorded}`;
    if (this.#gone.has(remembered)) return absent;
    const found = await engine.inspect(recorded);
    if (found === null) {
      news.absent = true;
      this.#gone.add(remembered);
      return absent;
    }
    if (found.labels[labels.installation] !== installationId || serverOf(found) !== serverId) {
      return unknown('The recorded container exists and does not carry this server’s labels.');
    }
    return { sighting: sightingOf(found, await this.#world.endings.of(found.id)), restarts: found.restarts };
  }

  async #seeBody(serverId: ServerId, body: ListedContainer): Promise<Seen> {
    const { engine, endings } = this.#world;
    const meaning = meaningOf(body.state);
    if (meaning === 'unknown') return unknown(`The container is ${body.state}.`);
    if (meaning === 'running') {
      this.#ended.delete(body.id);
      const restarts = endings.crashes(serverId).length > 0 ? ((await engine.inspect(body.id))?.restarts ?? null) : null;
      return { sighting: { kind: 'running', containerId: body.id }, restarts };
    }
    const status = statusCode(body);
    const remembered = this.#ended.get(body.id);
    if (remembered && remembered.status === status) return remembered.seen;
    const inspected = await engine.inspect(body.id);
    if (inspected === null) return unknown('The container went while it was looked at.');
    const ending = meaningOf(inspected.state) === 'not-running' && inspected.state !== 'created' ? await endings.of(body.id) : null;
    const seen = { sighting: sightingOf(inspected, ending), restarts: inspected.restarts };
    if (seen.sighting.kind === 'not-running') this.#ended.set(body.id, { status, seen });
    return seen;
  }

  #strays(byServer: ReadonlyMap<ServerId | null, ListedContainer[]>): Stray[] {
    const { known, busy } = this.#world;
    const strays: Stray[] = [];
    for (const [serverId, containers] of byServer) {
      if (serverId === null || !known.has(serverId)) {
        strays.push(...containers.map(({ id, name }) => ({ containerId: id, name, serverId: null })));
      } else if (!busy(serverId)) {
        const body = bodyAmong(containers, known.recorded(serverId));
        strays.push(...containers.filter((each) => each !== body).map(({ id, name }) => ({ containerId: id, name, serverId })));
      }
    }
    return strays.sort((a, b) => (a.containerId < b.containerId ? -1 : 1));
  }
}

/** @param why in words, or the fault that kept us from looking */
function unknown(why: unknown): Seen {
  if (typeof why !== 'string' && !(why instanceof Fault)) throw why;
  return { sighting: { kind: 'unknown', why: typeof why === 'string' ? why : why.detail }, restarts: null };
}
