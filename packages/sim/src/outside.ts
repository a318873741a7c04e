// What people do behind Mainstay's back on a simulated host, as on a terminal there: `docker rm -f`, `docker stop` and
// their like, straight at its engine; and what befalls its programs, its engine and its disk. Containers by name or id.

import { serverOf } from '@mainstay/core/bodies';
import type { ServerId } from '@mainstay/core/id';
import type { Port } from '@mainstay/core/server';
import type { Container } from './container.ts';
import type { HostPort } from './engine.ts';
import type { Machine } from './machine.ts';

export class Outside {
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** All containers of the host, everybody's. */
  containers(): readonly Container[] {
    return this.#machine.engine.list();
  }

  /** Every container that carries a server's label, whatever its name and state. */
  containersOf(serverId: ServerId): readonly Container[] {
    return this.containers().filter((container) => serverOf(container) === serverId);
  }

  /** @throws Error when there is no such container */
  inspect(wanted: string): Container {
    const container = this.#machine.engine.find(wanted);
    if (container === null) throw new Error(`No such container: ${wanted}`);
    return container;
  }

  /** `docker rm -f` */
  remove(wanted: string): void {
    const container = this.inspect(wanted);
    this.#end(container, 137, true);
    this.#machine.engine.remove(container);
  }

  /** `docker stop` */
  stop(wanted: string): void {
    this.#end(this.inspect(wanted), 0, true);
  }

  /** `docker start` @throws Fault `container-failed`, `port-taken` */
  start(wanted: string): void {
    this.#machine.engine.start(this.inspect(wanted));
  }

  /** `docker kill` */
  kill(wanted: string): void {
    this.#end(this.inspect(wanted), 137, true);
  }

  /** `docker rename` */
  rename(wanted: string, name: string): void {
    this.#machine.engine.rename(this.inspect(wanted), name);
  }

  /** `docker run`, of somebody else's program: it holds its ports. */
  run(name: string, ports: readonly Port[]): Container {
    const { engine } = this.#machine;
    const container = engine.create(
      name,
      {},
      {
        name,
        image: 'somebody/else:1',
        env: {},
        sealedEnv: {},
        command: null,
        ports: [...ports],
        volumes: [],
        limits: { memoryMb: null, cpus: null },
        stop: { signal: null, graceSeconds: 10 },
        restart: 'no',
        sandbox: { user: null, workingDir: null, tty: false, readOnlyRoot: false, tmpfs: [], capAdd: [] },
      },
    );
    engine.start(container);
    return container;
  }

  /** Somebody makes a second container like one of ours, labels and all. */
  copy(wanted: string, name: string): Container {
    const { labels, spec } = this.inspect(wanted);
    return this.#machine.engine.create(name, labels, { ...spec, ports: [] });
  }

  /** Its program ends by itself; its restart policy has its say. */
  crash(wanted: string, code: number): void {
    this.#end(this.inspect(wanted), code, false);
  }

  /** The kernel ends it for want of memory. */
  exhaust(wanted: string): void {
    this.#machine.engine.end(this.inspect(wanted), { code: 137, outOfMemory: true, asked: false });
  }

  /** A program of the host takes a port, or (null) lets it go; `holder` as in `process 312 (nginx)`. */
  holdPort(port: HostPort, holder: string | null): void {
    this.#machine.engine.holdPort(port, holder);
  }

  /** The engine does not answer the agent, and why; null: it does again. */
  engineAway(why: string | null): void {
    this.#machine.setAway(why);
  }

  /** Another engine answers at the socket, with this id and no container; null: the own one again. */
  exchangeEngine(engineId: string | null): void {
    this.#machine.exchange(engineId);
  }

  /** A server's data directory is moved away. */
  loseData(serverId: ServerId): void {
    this.#machine.data.setAside(serverId);
  }

  /** What was moved away is put back. */
  putDataBack(serverId: ServerId): void {
    this.#machine.data.putBack(serverId);
  }

  /** What is in a server's volumes is removed; `volumesToo`: their directories with it. */
  emptyData(serverId: ServerId, volumesToo = false): void {
    this.#machine.data.empty(serverId, volumesToo);
  }

  /** A server's directory is somebody else's, as the end of a sentence says; null: its own again. */
  disownData(serverId: ServerId, foreign: string | null): void {
    this.#machine.data.disown(serverId, foreign);
  }

  /** Nobody can look at any data, and why; null: one can again. */
  troubleDisk(trouble: string | null): void {
    this.#machine.data.setTrouble(trouble);
  }

  /** Something else takes of the disk, or gives back, until so much of it is free. */
  leaveFree(freeBytes: number): void {
    this.#machine.disk = { ...this.#machine.disk, freeBytes };
  }

  #end(container: Container, code: number, asked: boolean): void {
    this.#machine.engine.end(container, { code, outOfMemory: false, asked });
  }
}
