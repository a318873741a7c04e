// What the manager was told last, so that only news is sent: of each server, of the strays, of whether the engine answers.

import { canonical } from '@mainstay/core/drift';
import type { ServerId } from '@mainstay/core/id';
import type { Observation, ObservedServer } from '@mainstay/wire/link';
import type { Endings } from './endings.ts';

export class Told {
  readonly #endings: Endings;
  readonly #sightings = new Map<ServerId, string>();
  readonly #data = new Map<ServerId, string>();
  #engine: string | null = null;
  #strays = '';

  constructor(endings: Endings) {
    this.#endings = endings;
  }

  /** What of an observation is news; null: nothing. */
  news(observation: Observation): Observation | null {
    const servers = observation.servers.filter((server) => this.#isNews(server));
    const strays = observation.strays !== null && canonical(observation.strays) !== this.#strays;
    if (servers.length === 0 && !strays && engineOf(observation) === this.#engine) return null;
    return { ...observation, servers };
  }

  /** The manager has this now. */
  tell(observation: Observation): void {
    const engine = engineOf(observation);
    // What was told of one engine says nothing of another, and the manager believes only its own.
    if (engine !== this.#engine) this.#sightings.clear();
    this.#engine = engine;
    if (observation.strays !== null) this.#strays = canonical(observation.strays);
    for (const { serverId, sighting, data, crashes, readyAt } of observation.servers) {
      this.#sightings.set(serverId, canonical([sighting, readyAt]));
      if (data !== null) this.#data.set(serverId, data.exists);
      const ends = [...crashes, ...(sighting.kind === 'not-running' && sighting.exit ? [sighting.exit] : [])];
      this.#endings.forget(serverId, Math.max(0, ...ends.map((end) => end.at)));
    }
  }

  /**
   * The manager was answered with this, and whether the answer reached it nobody knows: what it says other than what was told before
   * is told at the next look, as it is then.
   */
  doubt(observation: Observation): void {
    if (engineOf(observation) !== this.#engine) this.#engine = null;
    for (const { serverId, sighting, data, readyAt } of observation.servers) {
      if (this.#sightings.get(serverId) !== canonical([sighting, readyAt])) this.#sightings.delete(serverId);
      if (data !== null && this.#data.get(serverId) !== data.exists) this.#data.delete(serverId);
    }
  }

  #isNews({ serverId, sighting, data, crashes, readyAt }: ObservedServer): boolean {
    if (crashes.length > 0 || this.#sightings.get(serverId) !== canonical([sighting, readyAt])) return true;
    return data !== null && this.#data.get(serverId) !== data.exists;
  }
}

/** null stands for an engine that does not answer; why it does not is no news of its own. */
const engineOf = (observation: Observation): string => observation.engineId ?? 'unreachable';
