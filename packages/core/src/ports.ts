// Host ports: allocation as a function of what is asked for and what is taken. Ports of stopped, missing and deleted
// servers are taken too: they stay theirs.

import { Fault } from './fault.ts';
import type { Port, Protocol } from './server.ts';

/** Inclusive at both ends. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** A port as asked for: without `hostPort` one is allocated. */
export type WantedPort = Omit<Port, 'hostPort'> & { readonly hostPort?: number | undefined };

/** How a host port is written as a key: `25565/udp`. */
export function portKey(port: { readonly hostPort: number; readonly protocol: Protocol }): string {
  return `${port.hostPort}/${port.protocol}`;
}

/**
 * Gives every wanted port a host port. Ports that share a container port (the same game on TCP and UDP) share a host
 * port where they can: many games advertise just one number.
 * @param taken key → the name of the server that has it
 * @throws Fault `port-taken` for a named port that another server has, `ports-exhausted` when the range is full
 */
export function allocatePorts(wanted: readonly WantedPort[], taken: ReadonlyMap<string, string>, range: PortRange): Port[] {
  const used = new Set(taken.keys());
  const chosen = new Map<WantedPort, number>();
  for (const port of wanted) {
    if (port.hostPort === undefined) continue;
    const holder = taken.get(portKey({ ...port, hostPort: port.hostPort }));
    if (holder !== undefined) {
      throw new Fault(
        'port-taken',
        `Host port ${port.hostPort}/${port.protocol} belongs to server “${holder}”. Choose another, or leave it out to get a free one.`,
        {
          extra: { port: port.hostPort, protocol: port.protocol, holder },
        },
      );
    }
    used.add(portKey({ ...port, hostPort: port.hostPort }));
    chosen.set(port, port.hostPort);
  }
  let next = range.from;
  const free = (ports: readonly WantedPort[]): number => {
    for (; next <= range.to; next += 1) {
      if (ports.every((port) => !used.has(portKey({ hostPort: next, protocol: port.protocol })))) return next;
    }
    throw new Fault(
      'ports-exhausted',
      `No port between ${range.from} and ${range.to} is free on this host. Name a host port outside that range, or purge servers that are not needed.`,
    );
  };
  for (const port of wanted) {
    if (chosen.has(port)) continue;
    const siblings = wanted.filter((other) => other.containerPort === port.containerPort && !chosen.has(other));
    const hostPort = free(siblings);
    for (const sibling of siblings) {
      used.add(portKey({ hostPort, protocol: sibling.protocol }));
      chosen.set(sibling, hostPort);
    }
  }
  return wanted.map((port) => ({
    name: port.name,
    protocol: port.protocol,
    containerPort: port.containerPort,
    hostPort: chosen.get(port) ?? 0,
  }));
}
