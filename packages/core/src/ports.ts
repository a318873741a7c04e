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
 * @param taken key → the name of the server that has it; null: the asker may not be told
 * @param avoided keys that something else holds now: not chosen, but given to who names them
 * @throws Fault `port-taken` for a named port that another server has, `ports-exhausted` when the range is full
 */
export function allocatePorts(
  wanted: readonly WantedPort[],
  taken: ReadonlyMap<string, string | null>,
  range: PortRange,
  avoided: ReadonlySet<string> = new Set(),
): Port[] {
  const used = new Set([...taken.keys(), ...avoided]);
  for (const port of wanted) {
    const { hostPort } = port;
    if (hostPort === undefined) continue;
    const key = portKey({ ...port, hostPort });
    const holder = taken.get(key);
    if (holder !== undefined) {
      const whose = holder === null ? 'another server' : `server “${holder}”`;
      throw new Fault('port-taken', `Host port ${key} belongs to ${whose}. Choose another, or leave it out to get a free one.`, {
        extra: { port: hostPort, protocol: port.protocol, ...(holder === null ? {} : { holder }) },
      });
    }
    used.add(key);
  }
  const shared = new Map<number, number>();
  return wanted.map(({ name, protocol, containerPort, hostPort }) => {
    if (hostPort !== undefined) return { name, protocol, containerPort, hostPort };
    const chosen = shared.get(containerPort) ?? lowestFree(siblings(wanted, containerPort), used, range);
    // Held for all of them at once, before another port is given the number that one of them still waits for.
    for (const sibling of siblings(wanted, containerPort)) used.add(portKey({ hostPort: chosen, protocol: sibling.protocol }));
    shared.set(containerPort, chosen);
    return { name, protocol, containerPort, hostPort: chosen };
  });
}

/** The ports of one container port that have no host port named. */
function siblings(wanted: readonly WantedPort[], containerPort: number): WantedPort[] {
  return wanted.filter((port) => port.containerPort === containerPort && port.hostPort === undefined);
}

/** The lowest number of the range that is free for all of `ports`. */
function lowestFree(ports: readonly WantedPort[], used: ReadonlySet<string>, range: PortRange): number {
  for (let hostPort = range.from; hostPort <= range.to; hostPort += 1) {
    if (ports.every(({ protocol }) => !used.has(portKey({ hostPort, protocol })))) return hostPort;
  }
  throw new Fault(
    'ports-exhausted',
    `No port between ${range.from} and ${range.to} is free on this host. Name a host port outside that range, or purge servers that are not needed.`,
  );
}
