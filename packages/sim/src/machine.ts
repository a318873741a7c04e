// The machine of a simulated host: its data, its engine, and the socket by which the agent reaches an engine. It goes on
// whether an agent runs on it or not.

import { setMaxListeners } from 'node:events';
import { serverOf } from '@mainstay/core/bodies';
import type { Disk } from '@mainstay/core/disk';
import { Fault } from '@mainstay/core/fault';
import type { Container } from './container.ts';
import { Data } from './data.ts';
import { Engine, type EngineWorld, type Happening } from './engine.ts';
import { hex, type World } from './world.ts';

/** Whoever hears what happens on a machine: its agent, while it runs and listens. */
export interface Listener {
  /** @returns whether it was heard */
  happened(happening: Happening): boolean;
  /** The agent reaches another engine than before, or none. */
  socketChanged(): void;
}

export class Machine {
  readonly data: Data;
  /** The engine that its servers' containers are made on. */
  readonly engine: Engine;
  listener: Listener | null = null;
  /** Its disk, however much its servers take. */
  disk: Disk = { freeBytes: 700_000_000_000, totalBytes: 1_000_000_000_000 };
  readonly #world: EngineWorld;
  readonly #gone = new AbortController();
  #answering: Engine;
  #away: string | null = null;

  constructor(world: World, images: Readonly<Record<string, number>>) {
    this.data = new Data(world);
    // Every container that its policy is about to start again listens.
    setMaxListeners(0, this.#gone.signal);
    this.#world = {
      ...world,
      gone: this.#gone.signal,
      mount: ({ labels, spec }: Container) => {
        const serverId = serverOf({ labels });
        return serverId === null
          ? null
          : this.data.open(
              serverId,
              spec.volumes.map(({ name }) => name),
            );
      },
      tell: (engine, happening) => {
        if (this.listener === null || this.#away !== null || engine !== this.#answering) return false;
        return this.listener.happened(happening);
      },
    };
    this.engine = new Engine(this.#world, hex(world.random, 32));
    for (const [reference, bytes] of Object.entries(images)) this.engine.images.set(reference, bytes);
    this.#answering = this.engine;
  }

  /** The engine that answers the agent. @throws Fault `engine-unreachable` */
  reach(): Engine {
    if (this.#away !== null) throw new Fault('engine-unreachable', `The Docker engine cannot be reached: ${this.#away}`);
    return this.#answering;
  }

  /** No engine answers the agent, and why; null: one does again. */
  setAway(why: string | null): void {
    this.#away = why;
    this.listener?.socketChanged();
  }

  /** Another engine answers at the socket, without a container; null: the own one again. */
  exchange(engineId: string | null): void {
    this.#answering = engineId === null ? this.engine : new Engine(this.#world, engineId);
    this.listener?.socketChanged();
  }

  /** The machine is no more. */
  end(): void {
    this.#gone.abort();
  }
}
