// Of the event stream, what somebody may see: changes of other hosts and servers are left out.

import { type Access, may, reaches } from '@mainstay/core/access';
import type { AgentId, ServerId } from '@mainstay/core/id';
import type { Change } from '@mainstay/wire/events';
import type { Reader } from '../sql/store.ts';

type Filter = (changes: readonly Change[]) => readonly Change[];

export async function visibleChanges(reader: Reader, access: Access): Promise<Filter> {
  if (reaches(access, 'see').length === 0) return (changes) => changes;
  const rows = await reader.selectFrom('servers').select(['id', 'agent_id']).execute();
  const hostOf = new Map<ServerId, AgentId>(rows.map((row) => [row.id, row.agent_id]));
  const seesHost = (agentId: AgentId) => may(access, 'see', { kind: 'host', agentId });
  const sees = (serverId: ServerId) => {
    const agentId = hostOf.get(serverId);
    return agentId !== undefined && may(access, 'see', { kind: 'server', serverId, agentId });
  };
  const learn = ({ event, server }: Change) => {
    if (event?.serverId && event.agentId) hostOf.set(event.serverId, event.agentId);
    if (server) hostOf.set(server.id, server.agentId);
  };
  const visible = (change: Change): Change[] => {
    learn(change);
    const { event, server, agent, operation, bulk, usage } = change;
    if (event) return (event.serverId ? sees(event.serverId) : event.agentId !== null && seesHost(event.agentId)) ? [change] : [];
    if (server) return sees(server.id) ? [change] : [];
    if (agent) return seesHost(agent.id) ? [change] : [];
    if (operation) return sees(operation.serverId) ? [change] : [];
    if (bulk)
      return keep(
        bulk.items.filter(({ serverId }) => sees(serverId)),
        (items) => ({ event: null, bulk: { ...bulk, items } }),
      );
    if (usage)
      return keep(
        usage.filter(({ serverId }) => sees(serverId)),
        (samples) => ({ event: null, usage: samples }),
      );
    return [];
  };
  return (changes) => changes.flatMap(visible);
}

function keep<T>(items: T[], made: (items: T[]) => Change): Change[] {
  return items.length === 0 ? [] : [made(items)];
}
