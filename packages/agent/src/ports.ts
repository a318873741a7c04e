// Who holds a host port now: another container, as the engine tells, or a process of this host, as the kernel does.

import { readdir, readFile, readlink } from 'node:fs/promises';
import { Fault } from '@mainstay/core/fault';
import type { Protocol } from '@mainstay/core/server';
import type { Engine, HostPort } from './engine.ts';

/** What a port's number looks like in the kernel's tables, and the states (hex) in which a socket keeps others off it. */
const holding = { tcp: new Set(['0A']), udp: new Set(['07', '01']) } as const satisfies Record<Protocol, ReadonlySet<string>>;

/**
 * Names what holds a port.
 * @param own the server's own container, which may
 * @returns `container “web”`, `process 312 (nginx)`; null: nothing that can be seen
 */
export async function portHolder(engine: Engine, port: HostPort, own: string | null): Promise<string | null> {
  const containers = await engine.list({});
  const container = containers.find(({ id, ports }) => id !== own && ports.some((held) => same(held, port)));
  if (container) return `container “${container.name}”`;
  return engine.local ? processHolder(port) : null;
}

/** @throws Fault `port-taken` */
export function portTaken(port: HostPort, holder: string): Fault {
  return new Fault(
    'port-taken',
    `Host port ${port.hostPort}/${port.protocol} is held by ${holder}. Stop that, or give the server another port.`,
    {
      extra: { port: port.hostPort, protocol: port.protocol, holder },
    },
  );
}

/** Adds to an engine's `port-taken` who has it; any other error comes back as it is. */
export async function nameHolder(error: unknown, engine: Engine, own: string): Promise<unknown> {
  if (!(error instanceof Fault) || error.code !== 'port-taken') return error;
  const hostPort = error.extra['port'];
  if (typeof hostPort !== 'number') return error;
  for (const protocol of ['tcp', 'udp'] as const) {
    const holder = await portHolder(engine, { protocol, hostPort }, own).catch(() => null);
    if (holder !== null) return portTaken({ protocol, hostPort }, holder);
  }
  return error;
}

const same = (a: HostPort, b: HostPort): boolean => a.hostPort === b.hostPort && a.protocol === b.protocol;

async function processHolder(port: HostPort): Promise<string | null> {
  const inodes = new Set<string>();
  for (const table of [port.protocol, `${port.protocol}6`]) {
    for (const inode of socketsOn(await readFile(`/proc/net/${table}`, 'utf8').catch(() => ''), port)) inodes.add(inode);
  }
  return inodes.size === 0 ? null : ((await processWith(inodes)) ?? 'another program on the host');
}

/** All host ports that a container or a process holds now. */
export async function heldPorts(engine: Engine): Promise<HostPort[]> {
  const containers = (await engine.list({})).flatMap(({ ports }) => ports);
  if (!engine.local) return containers;
  const tables = await Promise.all(
    (['tcp', 'udp'] as const).flatMap((protocol) =>
      [protocol, `${protocol}6`].map(async (table) => socketsIn(await readFile(`/proc/net/${table}`, 'utf8').catch(() => ''), protocol)),
    ),
  );
  return [...containers, ...tables.flat().map(({ protocol, hostPort }) => ({ protocol, hostPort }))];
}

/** The inodes of the sockets that hold a port, out of a table such as /proc/net/tcp. */
export function socketsOn(table: string, port: HostPort): string[] {
  return socketsIn(table, port.protocol).flatMap((socket) => (same(socket, port) ? [socket.inode] : []));
}

/** The sockets of a table that keep others off their ports. */
function socketsIn(table: string, protocol: Protocol): (HostPort & { readonly inode: string })[] {
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, address, , state] = fields;
    const inode = fields[9];
    const hostPort = Number.parseInt(address?.split(':').at(-1) ?? '', 16);
    return hostPort > 0 && state !== undefined && holding[protocol].has(state) && inode !== undefined
      ? [{ protocol, hostPort, inode }]
      : [];
  });
}

/** The process that has one of these sockets open; others' processes are seen by root only. */
async function processWith(inodes: ReadonlySet<string>): Promise<string | null> {
  const sockets = new Set([...inodes].map((inode) => `socket:[${inode}]`));
  for (const process of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(process)) continue;
    for (const descriptor of await readdir(`/proc/${process}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${process}/fd/${descriptor}`).catch(() => '');
      if (!sockets.has(target)) continue;
      const command = await readFile(`/proc/${process}/comm`, 'utf8').catch(() => '?');
      return `process ${process} (${command.trim()})`;
    }
  }
  return null;
}
