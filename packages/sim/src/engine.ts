// A simulated container engine: containers with their names, ports and ends, and images. Whatever is asked of it is done
// at once and whole; taking time, failing and not answering are the business of who stands before it.

import { Fault } from '@mainstay/core/fault';
import { portKey } from '@mainstay/core/ports';
import type { Exit } from '@mainstay/core/reason';
import type { Protocol } from '@mainstay/core/server';
import type { ContainerSpec } from '@mainstay/wire/link';
import { type Container, runs } from './container.ts';
import { Log } from './log.ts';
import { answer, programOf } from './program.ts';
import { hex, type World } from './world.ts';

/** Between a program's end and its next start by the restart policy: doubled each time, as Docker does. */
const restartMs = { first: 100, most: 60_000 } as const;

export interface HostPort {
  readonly protocol: Protocol;
  readonly hostPort: number;
}

/** Something happened to a container; `exit`: its process ended so. */
export interface Happening {
  readonly container: Container;
  readonly exit: Exit | null;
}

export interface EngineWorld extends World {
  /** Aborts when the machine is no more. */
  readonly gone: AbortSignal;
  /** Makes a container's volumes its program's. @returns why it cannot; null: it has them */
  readonly mount: (container: Container) => string | null;
  /** Tells of what happened. @returns whether anybody listened */
  readonly tell: (engine: Engine, happening: Happening) => boolean;
}

export class Engine {
  readonly id: string;
  /** Reference → bytes. */
  readonly images = new Map<string, number>();
  readonly #world: EngineWorld;
  readonly #containers = new Map<string, Container>();
  /** Ports that programs of the host itself hold: key → `process 312 (nginx)`. */
  readonly #processes = new Map<string, string>();

  constructor(world: EngineWorld, id: string) {
    this.#world = world;
    this.id = id;
  }

  /** All containers with these labels, stopped ones included. */
  list(labels: Container['labels'] = {}): Container[] {
    const wanted = Object.entries(labels);
    return [...this.#containers.values()].filter((container) => wanted.every(([label, value]) => container.labels[label] === value));
  }

  /** By id, the beginning of one, or name. */
  find(wanted: string): Container | null {
    const found = this.#containers.get(wanted);
    if (found) return found;
    return this.list().find(({ id, name }) => name === wanted || (wanted.length >= 12 && id.startsWith(wanted))) ?? null;
  }

  /** @throws Fault `container-name-taken` */
  create(name: string, labels: Container['labels'], spec: ContainerSpec): Container {
    this.#refuseTakenName(name);
    const { clock, random } = this.#world;
    const container: Container = {
      id: hex(random, 64),
      name,
      labels,
      createdAt: clock.now(),
      spec,
      state: 'created',
      startedAt: 0,
      exit: null,
      restarts: 0,
      log: new Log(),
    };
    this.#containers.set(container.id, container);
    this.#tell(container);
    return container;
  }

  /** Nothing to do when it runs. @throws Fault `container-failed`, `port-taken` */
  start(container: Container): void {
    if (container.state === 'running') return;
    const refusal =
      this.#world.mount(container) ??
      (programOf(container.spec) ? null : `exec: "${container.spec.command?.[0]}": no such file or directory`);
    if (refusal !== null) throw new Fault('container-failed', `The engine says: ${refusal}`);
    for (const port of container.spec.ports) {
      const holder = this.holder(port, container);
      if (holder !== null) throw portTaken(port, holder);
    }
    container.restarts = 0;
    this.#run(container);
  }

  /** Its process ends; unless somebody asked for it, its restart policy has its say. Nothing to do when none runs. */
  end(container: Container, how: Omit<Exit, 'at' | 'asked'> & { readonly asked: boolean }): void {
    if (!runs(container)) return;
    const exit: Exit = { ...how, at: this.#world.clock.now() };
    const again =
      !how.asked && (container.spec.restart === 'unless-stopped' || (container.spec.restart === 'on-failure' && how.code !== 0));
    container.state = again ? 'restarting' : 'exited';
    container.exit = exit;
    container.log.end();
    // Whether it was asked for is in the events only: nobody can see it afterwards.
    if (!this.#world.tell(this, { container, exit })) container.exit = { ...exit, asked: null };
    if (again) void this.#startAgain(container);
  }

  /**
   * A line on its standard input: what it answers comes with its log.
   * @param asked whether it is to end by it: its restart policy is off then
   */
  type(container: Container, line: string, asked: boolean): void {
    const { says, answers, ends } = answer(line, container.spec.limits.memoryMb);
    this.#write(container, [...says, `[console] ${answers}`]);
    if (ends) this.end(container, { ...ends, asked });
  }

  /** A line over RCON. @returns what it answers */
  ask(container: Container, line: string, asked: boolean): string {
    const { says, answers, ends } = answer(line, container.spec.limits.memoryMb);
    this.#write(container, says);
    if (ends) this.end(container, { ...ends, asked });
    return answers;
  }

  /** Removes it, running or not. Nothing to do when it is gone. */
  remove(container: Container): void {
    if (!this.#containers.delete(container.id)) return;
    container.state = 'exited';
    container.log.end();
    this.#tell(container);
  }

  /** @throws Fault `container-name-taken` */
  rename(container: Container, name: string): void {
    this.#refuseTakenName(name);
    container.name = name;
    this.#tell(container);
  }

  /** A program of the host itself takes a port, or (null) lets it go. */
  holdPort(port: HostPort, holder: string | null): void {
    if (holder === null) this.#processes.delete(portKey(port));
    else this.#processes.set(portKey(port), holder);
  }

  /** Who holds a port now, but for one container; null: nobody. */
  holder(port: HostPort, own: Container | null): string | null {
    const holding = this.list().find(
      (container) =>
        container !== own &&
        runs(container) &&
        container.spec.ports.some((held) => held.hostPort === port.hostPort && held.protocol === port.protocol),
    );
    return holding ? `container “${holding.name}”` : (this.#processes.get(portKey(port)) ?? null);
  }

  /** All ports that something holds now. */
  heldPorts(): HostPort[] {
    const processes = [...this.#processes.keys()].map((key) => key.split('/') as [string, Protocol]);
    return [
      ...this.list().flatMap((container) => (runs(container) ? container.spec.ports : [])),
      ...processes.map(([hostPort, protocol]) => ({ protocol, hostPort: Number(hostPort) })),
    ].map(({ protocol, hostPort }) => ({ protocol, hostPort }));
  }

  #run(container: Container): void {
    container.state = 'running';
    container.startedAt = this.#world.clock.now();
    this.#write(container, [`[start] ${container.name} is starting`]);
    this.#tell(container);
    const code = programOf(container.spec)?.crashesWith ?? null;
    if (code === null) this.#write(container, ['[ready] lobby open']);
    else this.end(container, { code, outOfMemory: false, asked: false });
  }

  async #startAgain(container: Container): Promise<void> {
    await this.#world.clock.pause(Math.min(restartMs.most, restartMs.first * 2 ** container.restarts), this.#world.gone);
    if (container.state !== 'restarting' || this.#world.gone.aborted) return;
    container.restarts += 1;
    this.#run(container);
  }

  #write(container: Container, lines: readonly string[]): void {
    for (const line of lines) container.log.write(this.#world.clock.now(), line);
  }

  #tell(container: Container): void {
    this.#world.tell(this, { container, exit: null });
  }

  #refuseTakenName(name: string): void {
    const holder = this.list().find((container) => container.name === name);
    if (!holder) return;
    throw new Fault(
      'container-name-taken',
      `The name “${name}” is held by container ${holder.id.slice(0, 12)} (image ${holder.spec.image}, ${holder.state}). Rename or remove that container, or rename this server.`,
      { extra: { name, holder: holder.id } },
    );
  }
}

export function portTaken({ hostPort, protocol }: HostPort, holder: string): Fault {
  return new Fault('port-taken', `Host port ${hostPort}/${protocol} is held by ${holder}. Stop that, or give the server another port.`, {
    extra: { port: hostPort, protocol, holder },
  });
}
