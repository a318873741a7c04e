// How containers are told apart, by their labels, and which of those that carry a server's is its body. The recorded one
// wins; a replacement that a rebuild has not put in place yet is none, whatever its label. What is nobody's body is a stray.

import { idPattern, type ServerId } from './id.ts';
import type { Known } from './known.ts';

export const labels = {
  server: 'mainstay.server',
  installation: 'mainstay.installation',
  /** The operation that made it as a replacement; empty for the others. */
  operation: 'mainstay.operation',
  /** In place of `server`, on a container that only runs the install script of that one. */
  install: 'mainstay.install',
  /** The server's name when it was made, so that a renamed container finds its way back. */
  name: 'mainstay.name',
} as const;

/** What is needed of a container to tell. */
export interface Labelled {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** When it was made, on whatever scale: the newest wins. */
  readonly createdAt: number;
}

/** The server whose label a container carries; null when it is nobody's. */
export function serverOf(container: Pick<Labelled, 'labels'>): ServerId | null {
  const id = container.labels[labels.server];
  return id !== undefined && idPattern.test(id) ? (id as ServerId) : null;
}

/** Whether it only runs a server's install script: no body of any server, and no stray. */
export function isInstaller({ labels: found }: Pick<Labelled, 'labels'>): boolean {
  return found[labels.install] !== undefined;
}

/** Whether it was made as a replacement and does not bear the server's name (yet, or any more). */
export function isAside(container: Labelled): boolean {
  return Boolean(container.labels[labels.operation]) && container.name !== container.labels[labels.name];
}

/**
 * @param containers all that carry the server's label
 * @param recorded the id of its recorded container
 * @returns null when none of them is its body
 */
export function bodyAmong<C extends Labelled>(containers: readonly C[], recorded: string | null): C | null {
  const known = containers.find((container) => container.id === recorded);
  if (known) return known;
  const candidates = containers.filter((container) => !isAside(container));
  const named = candidates.filter((container) => container.name === container.labels[labels.name]);
  return newest(named) ?? newest(candidates);
}

/**
 * The containers that are no server's body, by their ids: of servers that nobody knows, and second ones.
 * @param busy whether something is being done to a server: its second container is then a rebuild's
 */
export function straysAmong(
  byServer: ReadonlyMap<ServerId | null, readonly Labelled[]>,
  known: Pick<Known, 'has' | 'recorded'>,
  busy: (serverId: ServerId) => boolean,
): { containerId: string; name: string; serverId: ServerId | null }[] {
  const strays = [...byServer].flatMap(([serverId, containers]) => {
    const told = ({ id, name }: Labelled) => ({ containerId: id, name, serverId });
    if (serverId === null || !known.has(serverId)) return containers.map(told);
    if (busy(serverId)) return [];
    const body = bodyAmong(containers, known.recorded(serverId));
    return containers.filter((each) => each !== body).map(told);
  });
  return strays.sort((a, b) => (a.containerId < b.containerId ? -1 : 1));
}

function newest<C extends Labelled>(containers: readonly C[]): C | null {
  return [...containers].sort((a, b) => b.createdAt - a.createdAt)[0] ?? null;
}
