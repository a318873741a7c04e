// What whoever is signed in may do, by the core's own table: the reason why not is the tooltip of what is refused. Until it is known
// who that is, nothing is refused here; the manager refuses on its own.

import { type Access, actionRights, may, maySomewhere, ownerOfAll, type Right, type Target } from '@mainstay/core/access';
import type { Action } from '@mainstay/core/lifecycle';
import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { queryClient, sessionQuery } from '../queries.ts';

export const ownersAccess: Access = { grants: ownerOfAll, within: null };

const held = (): Access => queryClient.getQueryData(sessionQuery.queryKey)?.access ?? ownersAccess;

/** Why it is refused; null: it is not. */
export function refusalHere(right: Right, target: Target | 'somewhere' = { kind: 'installation' }): string | null {
  const access = held();
  const allowed = target === 'somewhere' ? maySomewhere(access, right) : may(access, right, target);
  return allowed ? null : text.notYours(right);
}

/** The same of an action on a server. */
export function refusalOn({ id, agentId }: Pick<Server, 'id' | 'agentId'>, action: Action): string | null {
  const right = actionRights[action];
  // A clone may be made on another host.
  return refusalHere(right, right === 'create' ? 'somewhere' : { kind: 'server', serverId: id, agentId });
}
