// What the page offers to do with a server: all nine actions, read off the lifecycle's `permissions`, each with its
// label and, when it is refused, why. Buttons, menus and tooltips show these and decide nothing themselves.

import { type Action, actions, permission, type State, settling } from '@mainstay/core/lifecycle';
import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { refusalOn } from './access.ts';
import { silenceOf, worldGone } from './hearing.ts';

/** What becomes of a press: an operation at once, a question first, or another view. */
export type Consequence = 'operate' | 'ask-empty-world' | 'ask-delete' | 'ask-purge' | 'open-settings' | 'open-clone';

export interface Offer {
  readonly action: Action;
  readonly label: string;
  /** Why it cannot be done now; null: it can. */
  readonly refusal: string | null;
  /** What to know before doing it. */
  readonly hint: string | null;
  readonly consequence: Consequence;
}

/** The one thing that a person most likely wants in a state; null: only its operation moves it. */
const primaryActions = {
  creating: null,
  running: 'stop',
  stopped: 'start',
  missing: 'start',
  failed: 'start',
  deleted: 'restore',
  deleting: null,
} as const satisfies Record<State, Action | null>;

const starting = {
  creating: text.actions.start,
  running: text.actions.start,
  stopped: text.actions.start,
  missing: text.recover,
  failed: text.tryAgain,
  deleted: text.actions.start,
  deleting: text.actions.start,
} as const satisfies Record<State, string>;

/** What an action takes: the host, which may have to be waited for, or the record alone. */
const takes = {
  start: 'host',
  stop: 'host',
  restart: 'host',
  rebuild: 'host',
  configure: 'record',
  clone: 'record',
  delete: 'host',
  restore: 'record',
  purge: 'host',
} as const satisfies Record<Action, 'host' | 'record'>;

const consequences = {
  start: 'operate',
  stop: 'operate',
  restart: 'operate',
  rebuild: 'operate',
  configure: 'open-settings',
  clone: 'open-clone',
  delete: 'ask-delete',
  restore: 'operate',
  purge: 'ask-purge',
} as const satisfies Record<Action, Consequence>;

export function offerOf(server: Server, action: Action): Offer {
  const beginsEmpty = action === 'start' && server.state !== 'failed' && worldGone(server);
  const plain = action === 'start' ? (beginsEmpty ? text.startEmpty : starting[server.state]) : text.actions[action];
  const waits = takes[action] === 'host' && silenceOf(server) !== null;
  return {
    action,
    label: waits ? text.whenHeard(plain) : plain,
    refusal: refusalOf(server, action),
    hint: waits ? text.whenHeardHint(server.host.name) : null,
    consequence: beginsEmpty ? 'ask-empty-world' : consequences[action],
  };
}

/** All nine, in the table's order. */
export function offersOf(server: Server): Offer[] {
  return actions.map((action) => offerOf(server, action));
}

/** The primary one, and whether a person should look here for it. */
export function primaryOffer(server: Server): (Offer & { readonly urgent: boolean }) | null {
  const action = primaryActions[server.state];
  if (action === null) return null;
  return { ...offerOf(server, action), urgent: server.state === 'missing' || server.state === 'failed' };
}

function refusalOf(server: Server, action: Action): string | null {
  const forbidden = refusalOn(server, action);
  if (forbidden !== null) return forbidden;
  const allowed = permission(server.state, action);
  if (allowed !== 'yes') return text.refusal(allowed.no);
  if (action === 'start' && server.overQuota && server.quota?.refuseStarts) return text.disk.refusesStart;
  // Records can be written whatever goes on. In a state that is never without its operation, the table has taken that into account.
  if (server.operation === null || action === 'configure' || action === 'clone') return null;
  const { operation } = server;
  if (operation.serverId !== server.id) {
    const bears = operation.source?.rests === false && (action === 'start' || action === 'stop' || action === 'restart');
    return bears ? null : text.lentOperation(operation.serverName);
  }
  return settling[server.state].absent === 'operation' ? null : text.otherOperation(text.operations.doing[operation.kind]);
}
