// Whether what the page shows of a server is known now, or only what was seen last: its host may be away, its engine
// silent, or another engine in its place.

import type { State } from '@mainstay/core/lifecycle';
import type { Agent } from '@mainstay/wire/agents';
import type { Server } from '@mainstay/wire/servers';

export type Silence = 'away' | 'unreachable' | 'other';

/** Why nothing is known of a server's container now; null: it is known. */
export function silenceOf(server: Pick<Server, 'host'>): Silence | null {
  const { online, engine } = server.host;
  if (!online) return 'away';
  return engine === 'unreachable' || engine === 'other' ? engine : null;
}

/** The same of a host. */
export function silenceOfHost(agent: Agent): Silence | null {
  return silenceOf({
    host: { name: agent.name, online: agent.online, lastHeardAt: agent.lastHeardAt, engine: agent.engine?.state ?? null },
  });
}

/** Which states say something about a container, and so grow old when nobody can look; the others are the record's own. */
const growsOld = {
  creating: false,
  running: true,
  stopped: true,
  missing: true,
  failed: false,
  deleted: false,
  deleting: false,
} as const satisfies Record<State, boolean>;

/** Whether a server's state is only what was seen last. `seenAt`: when; null: not known. */
export function asOf(server: Server): { readonly seenAt: number | null } | null {
  if (silenceOf(server) === null || !growsOld[server.state]) return null;
  return { seenAt: server.seenAt ?? server.host.lastHeardAt };
}

/** Since when a host has not been heard, or its engine is not to be believed; null: never heard. */
export function silentSince(agent: Agent): number | null {
  return agent.online ? (agent.engine?.since ?? agent.since) : agent.lastHeardAt;
}

/** Whether a server that should have data has none: a start would be refused. */
export function worldGone(server: Server): boolean {
  return server.dataExists === 'no' && server.volumes.length > 0;
}
