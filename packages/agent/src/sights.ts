// Seeing one server: from what the engine's list shows of its containers to a sighting. The list is believed where it
// shows what was seen before; what is news is inspected first, for the list is a copy that the engine brings up to date
// a moment after its events and answers are out. So a steady server costs no call of its own.

import { bodyAmong, labels, serverOf } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { InstallationId, ServerId } from '@mainstay/core/id';
import type { Known } from '@mainstay/core/known';
import type { Sighting } from '@mainstay/core/settle';
import type { Clock } from './clock.ts';
import type { Endings } from './endings.ts';
import type { Engine, InspectedContainer, ListedContainer } from './engine.ts';
import { meaningOf, neverRan, sightingOf, statusCode } from './engine-states.ts';
import type { Readiness } from './readiness.ts';
import { type Started, startedAgain, startedBy } from './uptime.ts';

/** An end this fresh may have been seen before its event came. */
const freshMs = 5_000;

export interface SightsWorld {
  readonly installationId: InstallationId;
  readonly engine: Engine;
  readonly known: Known;
  readonly endings: Endings;
  readonly clock: Clock;
  readonly readiness: Readiness;
}

export interface Seen {
  readonly sighting: Sighting;
  readonly restarts: number | null;
}

/** What was seen of a server last. */
interface Last {
  readonly containerId: string;
  readonly likeness: string;
  readonly seen: Seen;
  /** When its program was started, by the list. */
  started: Started | null;
}

/** One list. */
export interface Listed {
  readonly engineId: string;
  readonly byServer: ReadonlyMap<ServerId | null, readonly ListedContainer[]>;
  /** Set when a container is found to be gone that was not known to be. */
  foundGone: boolean;
}

export class Sights {
  readonly #world: SightsWorld;
  readonly #last = new Map<ServerId, Last>();
  /** Recorded containers that the engine does not find, by engine. */
  readonly #gone = new Set<string>();

  constructor(world: SightsWorld) {
    this.#world = world;
  }

  /**
   * @param exact inspect whatever the list shows: something was just heard of the server, or done to it
   * @throws what is no fault of the engine's
   */
  see(serverId: ServerId, listed: Listed, exact: boolean): Seen | Promise<Seen> {
    const body = bodyAmong(listed.byServer.get(serverId) ?? [], this.#world.known.recorded(serverId));
    if (body === null) return this.#look(serverId, null, null, listed);
    const last = this.#last.get(serverId);
    const likewise = last?.containerId === body.id && last.likeness === listedLikeness(body);
    const started = startedBy(body.status, this.#world.clock.running() / 1000);
    if (!likewise || exact || startedAgain(last.started, started)) return this.#look(serverId, body, started, listed);
    // Nothing to wait for: of many servers most are so, at every look.
    last.started = started;
    return last.seen;
  }

  async #look(serverId: ServerId, body: ListedContainer | null, started: Started | null, listed: Listed): Promise<Seen> {
    try {
      if (body === null) return await this.#seeNone(serverId, listed);
      const container = await this.#world.engine.inspect(body.id);
      if (container) return await this.#seeOne(serverId, container, started);
      // The list may show it for a moment longer: what was seen of it counts no more.
      this.#last.delete(serverId);
      return unknown('The container went while it was looked at.');
    } catch (error) {
      this.doubt(serverId);
      if (error instanceof Fault) return unknown(error.detail);
      throw error;
    }
  }

  /** Something was heard of it and could not be looked at: the next look inspects it, whatever the list shows. */
  doubt(serverId: ServerId): void {
    this.#last.delete(serverId);
  }

  /** The complete list shows none; the recorded one must not be found by its id either. */
  async #seeNone(serverId: ServerId, listed: Listed): Promise<Seen> {
    const { engine, known, installationId } = this.#world;
    this.#last.delete(serverId);
    const absent: Seen = { sighting: { kind: 'absent' }, restarts: null };
    const recorded = known.recorded(serverId);
    if (recorded === null) return absent;
    const remembered = `${listed.engineId} ${recorded}`;
    if (this.#gone.has(remembered)) return absent;
    const found = await engine.inspect(recorded);
    if (found === null) {
      listed.foundGone = true;
      this.#gone.add(remembered);
      return absent;
    }
    const ours = found.labels[labels.installation] === installationId && serverOf(found) === serverId;
    return ours ? this.#seeOne(serverId, found, null) : unknown('The recorded container exists and does not carry this server’s labels.');
  }

  async #seeOne(serverId: ServerId, container: InspectedContainer, started: Started | null): Promise<Seen> {
    const { endings, clock, readiness } = this.#world;
    const ended = meaningOf(container.state) === 'not-running' && !neverRan(container.state);
    const fresh = container.finishedAt !== null && Math.abs(clock.now() - container.finishedAt) < freshMs;
    const ending = ended ? await (fresh ? endings.soon(container.id) : endings.of(container.id)) : null;
    const seen = { sighting: sightingOf(container, ending), restarts: container.restarts };
    if (seen.sighting.kind === 'running') readiness.sees(serverId, container);
    else readiness.forget(serverId);
    if (seen.sighting.kind === 'unknown') this.#last.delete(serverId);
    else
      this.#last.set(serverId, {
        containerId: container.id,
        likeness: likeness(container.state, String(container.exitCode)),
        seen,
        started,
      });
    return seen;
  }
}

/** What a list and an inspection of one container, unchanged, have in common. */
function likeness(state: string, exitCode: string | null): string {
  const meaning = meaningOf(state);
  return meaning === 'not-running' && !neverRan(state) ? `ended with ${exitCode}` : meaning;
}

const listedLikeness = (container: ListedContainer): string => likeness(container.state, statusCode(container));

const unknown = (why: string): Seen => ({ sighting: { kind: 'unknown', why }, restarts: null });
