// Whether a host port can be had, asked of the host itself while one types: of our own record and of whatever else runs
// there. What could not be asked is said to be unknown, never taken for free.

import { Fault } from '@mainstay/core/fault';
import type { AgentId } from '@mainstay/core/id';
import { allocatePorts, portKey } from '@mainstay/core/ports';
import type { Protocol } from '@mainstay/core/server';
import type { Agent } from '@mainstay/wire/agents';
import { portQuery } from '@mainstay/wire/agents';
import type { Server } from '@mainstay/wire/servers';
import { useQuery } from '@tanstack/react-query';
import { text } from '../messages.ts';
import { portAnswerQuery } from '../queries.ts';
import { useRested } from '../ui/rested.ts';
import type { PortRow } from './draft.ts';

/** A question goes out when the typing rests. */
const restMs = 400;

export interface PortPlace {
  readonly agent: Agent;
  /** Ports that this very server has: they are its own to keep. */
  readonly own: ReadonlySet<string>;
}

export interface PortNoteProps {
  readonly place: PortPlace;
  readonly port: PortRow;
  /** What the host would most likely give, where the field is left empty. */
  readonly suggestion: number | null;
  readonly onUse: (hostPort: string) => void;
}

/** What stands below a host port's field. */
export function PortNote({ place: { agent, own }, port, suggestion, onUse }: PortNoteProps) {
  const typed = port.hostPort.trim();
  const wanted = typed === '' ? suggestion : Number(typed);
  const rested = useRested(wanted, restMs);
  const right = wanted !== null && portQuery.safeParse({ protocol: port.protocol, port: wanted }).success;
  const isOwn = right && own.has(portKey({ hostPort: wanted, protocol: port.protocol }));
  const settled = right && rested === wanted && !isOwn;
  const { data, isError } = useQuery({ ...portAnswerQuery(agent.id, port.protocol, wanted ?? 0), enabled: settled });
  if (!right || isOwn) return null;
  if (!settled || (data === undefined && !isError)) return <span>{text.ports.checking}</span>;
  const free = data?.free ?? 'unknown';
  if (free === 'no') {
    // A suggestion that turned out to be held is none; the manager looks for another.
    return typed === '' ? null : <span className="text-failed">{text.ports.held(data?.holder ?? text.ports.somebody, agent.name)}</span>;
  }
  if (typed === '' && free === 'yes') {
    return (
      <button type="button" onClick={() => onUse(String(wanted))} className="underline decoration-dotted underline-offset-3 hover:text-ink">
        {text.ports.suggested(wanted)}
      </button>
    );
  }
  return <span className={free === 'yes' ? 'text-running' : 'text-unheard'}>{text.ports[free](agent.name)}</span>;
}

/**
 * The host ports that rows without one would most likely be given, by the rule that the manager allocates by.
 * @param servers all that are known; those on this host hold their ports, deleted ones too
 * @returns by row, null where it has one, or none is to be had
 */
export function suggestedPorts(rows: readonly PortRow[], agent: Agent, servers: readonly Server[]): (number | null)[] {
  const taken = new Map(
    servers.filter(({ agentId }) => agentId === agent.id).flatMap(({ name, ports }) => ports.map((port) => [portKey(port), name] as const)),
  );
  try {
    const given = allocatePorts(rows.map(wantedOf), taken, agent.ports);
    return rows.map(({ hostPort }, at) => (hostPort.trim() === '' ? (given[at]?.hostPort ?? null) : null));
  } catch (error) {
    if (error instanceof Fault) return rows.map(() => null);
    throw error;
  }
}

function wantedOf({ key, name, protocol, containerPort, hostPort }: PortRow): {
  name: string;
  protocol: Protocol;
  containerPort: number;
  hostPort?: number;
} {
  const typed = Number(hostPort);
  // Rows with nothing typed yet are no pair: each stands for itself.
  const inside = containerPort.trim() === '' ? -key : Number(containerPort);
  return { name, protocol, containerPort: inside, ...(hostPort.trim() === '' || Number.isNaN(typed) ? {} : { hostPort: typed }) };
}

export function ownPorts(server: Server | null): ReadonlySet<string> {
  return new Set((server?.ports ?? []).map(portKey));
}

export function placeOf(agents: readonly Agent[] | undefined, agentId: AgentId | null, own: ReadonlySet<string>): PortPlace | null {
  const agent = agents?.find(({ id }) => id === agentId);
  return agent ? { agent, own } : null;
}
