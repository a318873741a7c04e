// Why a server is in its state, in the page's language.

import type { Reason } from '@mainstay/core/reason';
import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';

type WireReason = NonNullable<Server['stateCause']>;

/** An optional field may cross as `undefined`; the domain knows it as absent. */
export function asReason(reason: WireReason): Reason {
  if (reason.code === 'lent') return reason;
  if (reason.code === 'operation' || reason.code === 'operation-failed' || reason.code === 'operation-cancelled') return reason;
  const { code, exit } = reason;
  return exit === undefined ? { code } : { code, exit };
}

/** Without its full stop; null: nothing is known of it. */
export function reasonText({ stateCause, stateReason }: Pick<Server, 'stateCause' | 'stateReason'>): string | null {
  return stateCause === null ? stateReason : text.because(asReason(stateCause));
}
