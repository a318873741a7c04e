// Settling: what one observation makes of one server. Pure; the tables of `lifecycle.ts` decide, this only asks
// whether the observation may be believed and gives the verdict its reason. Absence of evidence changes nothing.

import { type Intent, type OperationKind, operations, type State, settling } from './lifecycle.ts';
import { type Drift, driftOfExit, type Exit, type Reason } from './reason.ts';
import { sameEngine } from './same-engine.ts';

/** What an agent saw of one server at one moment. */
export type Sighting =
  | { readonly kind: 'running'; readonly containerId: string }
  | { readonly kind: 'not-running'; readonly containerId: string; readonly exit: Exit | null }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown'; readonly why: string };

/** What settling needs of a server. */
export interface Standing {
  readonly state: State;
  /** Whether an operation is open on it. */
  readonly busy: boolean;
  /** The engine that its container was recorded on; null before the first. */
  readonly engineId: string | null;
  /** The sequence number of the newest observation already taken. */
  readonly seenSequence: number;
}

/** An observation of one server: numbered by its agent, made on one engine (null: it could not be told which). */
export interface Observed {
  readonly sequence: number;
  readonly engineId: string | null;
  readonly sighting: Sighting;
}

export type Verdict =
  /** Nothing changes, and why not. */
  | { readonly kind: 'keep'; readonly because: 'agrees' | 'older' | 'unknown' | 'other-engine' | 'operation' }
  /** The server moves. */
  | { readonly kind: 'move'; readonly to: State; readonly reason: Reason }
  /** The container belongs to a deleted server: it is to be removed. */
  | { readonly kind: 'remove-stray'; readonly containerId: string };

/** What `observed` makes of a server that stands as `standing`. */
export function settle(standing: Standing, observed: Observed): Verdict {
  const { sighting } = observed;
  if (observed.sequence <= standing.seenSequence) return { kind: 'keep', because: 'older' };
  if (sighting.kind === 'unknown' || observed.engineId === null) return { kind: 'keep', because: 'unknown' };
  if (standing.engineId !== null && !sameEngine(standing.engineId, observed.engineId)) return { kind: 'keep', because: 'other-engine' };
  if (standing.busy) return { kind: 'keep', because: 'operation' };
  const meaning = settling[standing.state][sighting.kind];
  if (meaning === 'keep') return { kind: 'keep', because: 'agrees' };
  if (meaning === 'operation') return { kind: 'keep', because: 'operation' };
  if (meaning === 'stray') {
    return sighting.kind === 'absent' ? { kind: 'keep', because: 'agrees' } : { kind: 'remove-stray', containerId: sighting.containerId };
  }
  return { kind: 'move', to: meaning, reason: driftReason(sighting) };
}

function driftReason(sighting: Exclude<Sighting, { kind: 'unknown' }>): Reason {
  switch (sighting.kind) {
    case 'running':
      return { code: 'started-outside' };
    case 'absent':
      return { code: 'removed-outside' };
    case 'not-running': {
      const { exit } = sighting;
      const drift: Drift = exit ? driftOfExit(exit) : 'stopped-outside';
      return exit ? { code: drift, exit } : { code: drift };
    }
  }
}

/** How an operation ended. */
export type Ending =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly reason: Reason; readonly refusal: boolean }
  | { readonly kind: 'cancelled' };

/** Where a server stands once its operation has ended: a state with its reason, or `forgotten` (purged). */
export type Conclusion = { readonly kind: 'forgotten' } | { readonly kind: 'stands'; readonly state: State; readonly reason: Reason };

/**
 * Concludes an operation: its row of the table first, then the newest sighting, which has the last word about
 * containers (a start whose process died at once stands as stopped, with its exit code).
 * A refusal (the world guard's, say) or a cancellation leaves the server in the state it was found in; a cancelled
 * creation has no such state and stands as failed.
 * @param from the state the operation found
 */
export function conclude(kind: OperationKind, from: State, intent: Intent, ending: Ending, newest: Sighting): Conclusion {
  const row = operations[kind];
  if (ending.kind === 'succeeded' && row.succeeded === 'forgotten') return { kind: 'forgotten' };
  const state = concludedState(kind, from, intent, ending);
  const reason: Reason =
    ending.kind === 'succeeded'
      ? { code: 'operation', operation: kind }
      : ending.kind === 'cancelled'
        ? { code: 'operation-cancelled', operation: kind }
        : ending.reason;
  const meaning = settling[state][newest.kind];
  if (meaning === 'keep' || meaning === 'stray' || meaning === 'operation' || newest.kind === 'unknown') {
    return { kind: 'stands', state, reason };
  }
  // A failure explains more than what was seen after it; a success that was not seen to hold is told as drift.
  return { kind: 'stands', state: meaning, reason: ending.kind === 'succeeded' ? driftReason(newest) : reason };
}

function concludedState(kind: OperationKind, from: State, intent: Intent, ending: Ending): State {
  const row = operations[kind];
  if (ending.kind === 'succeeded') {
    if (row.succeeded === 'intended') return intent;
    return row.succeeded === 'from' || row.succeeded === 'forgotten' ? from : row.succeeded;
  }
  // What was never created cannot be left as it was: whatever ended without it (its creation, a delete) leaves it failed.
  if (from === 'creating') return 'failed';
  if (ending.kind === 'cancelled' || ending.refusal) return from;
  const failed = typeof row.failed === 'string' ? row.failed : bodiless(from) ? row.failed.fromBodiless : 'from';
  return failed === 'from' ? from : failed;
}

/** Whether a server in `state` has no container by definition. */
export function bodiless(state: State): boolean {
  return state === 'missing' || state === 'failed' || state === 'deleted' || state === 'creating';
}
