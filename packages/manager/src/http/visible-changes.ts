// Of the event stream, what somebody may see: changes of other hosts and servers are left out, and of each change the parts that
// are about others.

import type { Access } from '@mainstay/core/access';
import type { Change } from '@mainstay/wire/events';
import { Sight } from '../app/sight.ts';
import type { Reader } from '../sql/store.ts';

type Filter = (changes: readonly Change[]) => readonly Change[];

export async function visibleChanges(reader: Reader, access: Access): Promise<Filter> {
  const sight = await Sight.of(reader, access);
  if (sight.everything) return (changes) => changes;
  const learn = ({ event, server }: Change) => {
    if (event?.serverId && event.agentId) sight.learn(event.serverId, event.agentId, event.serverName);
    if (server) sight.learn(server.id, server.agentId, server.name);
  };
  const seesEvent = ({ serverId, agentId }: NonNullable<Change['event']>) =>
    serverId === null ? agentId !== null && sight.seesHost(agentId) : sight.sees(serverId);
  const visible = (change: Change): Change[] => {
    learn(change);
    const { event, server, agent, operation, bulk, usage } = change;
    // What an event is about is what comes beside it, save for the operation, which may be another server's.
    if (event && !seesEvent(event)) return [];
    const seen: Change = {
      event: event && sight.event(event),
      ...(server === undefined || (server !== null && !sight.sees(server.id)) ? {} : { server: server && sight.server(server) }),
      ...(agent === undefined || (agent !== null && !sight.seesHost(agent.id)) ? {} : { agent }),
      ...(operation && sight.sees(operation.serverId) ? { operation: sight.operation(operation) } : {}),
      ...kept(
        'bulk',
        bulk && { ...bulk, items: bulk.items.filter(({ serverId }) => sight.sees(serverId)) },
        (left) => left.items.length > 0,
      ),
      ...kept(
        'usage',
        usage?.filter(({ serverId }) => sight.sees(serverId)),
        (left) => left.length > 0,
      ),
    };
    return event === null && Object.keys(seen).length === 1 ? [] : [seen];
  };
  return (changes) => changes.flatMap(visible);
}

function kept<Part extends 'bulk' | 'usage'>(
  part: Part,
  left: Change[Part],
  any: (left: NonNullable<Change[Part]>) => boolean,
): Pick<Change, Part> | object {
  return left !== undefined && any(left) ? { [part]: left } : {};
}
