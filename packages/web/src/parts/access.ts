// What whoever is signed in may do, by the core's own table: the reason why not is the tooltip of what is refused. Until it is known
// who that is, nothing is refused here; the manager refuses on its own.

import { type Access, actionRights, may, maySomewhere, ownerOfAll, type Right, type Target } from '@mainstay/core/access';
import type { AgentId } from '@mainstay/core/id';
import type { Action } from '@mainstay/core/lifecycle';
import type { Server } from '@mainstay/wire/servers';
import { useSyncExternalStore } from 'react';
import { text } from '../messages.ts';
import { queryClient, sessionQuery } from '../queries.ts';

const ownersAccess: Access = { grants: ownerOfAll, within: null };

const held = (): Access => queryClient.getQueryData(sessionQuery.queryKey)?.access ?? ownersAccess;

const watch = (listener: () => void) => queryClient.getQueryCache().subscribe(listener);

/** Has whatever shows a refusal drawn anew when what one may do is other than it was. */
export function useAccess(): Access {
  return useSyncExternalStore(watch, held);
}

/** Why it is refused; null: it is not. */
export function refusalHere(right: Right, target: Target | 'somewhere' = { kind: 'installation' }): string | null {
  const access = held();
  const allowed = target === 'somewhere' ? maySomewhere(access, right) : may(access, right, target);
  return allowed ? null : text.notYours(right);
}

/** The same on a host. */
export const refusalAt = (right: Right, agentId: AgentId): string | null => refusalHere(right, { kind: 'host', agentId });

/** The same of an action on a server. */
export function refusalOn({ id, agentId }: Pick<Server, 'id' | 'agentId'>, action: Action): string | null {
  const right = actionRights[action];
  // A clone may be made on another host.
  return refusalHere(right, right === 'create' ? 'somewhere' : { kind: 'server', serverId: id, agentId });
}

/** Whether what is not shown may well be there: one sees some hosts or servers, and not all. */
export const seesInPart = (): boolean => refusalHere('see') !== null;
