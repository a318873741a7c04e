// One thing done to many servers: which of them can have it.

import { type Action, permission } from '@mainstay/core/lifecycle';
import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { offerOf } from './offers.ts';

export const bulkActions = ['start', 'stop', 'delete', 'restore', 'purge'] as const satisfies readonly Action[];
export type BulkAction = (typeof bulkActions)[number];

/** Of the chosen servers those that can have it now, and those that cannot, each with why. */
export function sortOut(
  servers: readonly Server[],
  action: BulkAction,
): { readonly can: readonly Server[]; readonly cannot: readonly { readonly server: Server; readonly why: string }[] } {
  const can: Server[] = [];
  const cannot: { server: Server; why: string }[] = [];
  for (const server of servers) {
    const { refusal } = offerOf(server, action);
    if (refusal === null) can.push(server);
    else cannot.push({ server, why: refusal });
  }
  return { can, cannot };
}

/** Why an action has nothing to do for any of them: the table's own reason when they all share it. */
export function sharedRefusal(servers: readonly Server[], action: BulkAction): string | null {
  const reasons = new Set(
    servers.map(({ state }) => {
      const allowed = permission(state, action);
      return allowed === 'yes' ? null : text.refusal(allowed.no);
    }),
  );
  const [only] = reasons;
  return reasons.size === 1 ? (only ?? null) : null;
}
