// What the lifecycle's tables promise of a server to whom nothing happens but what its people wait for: its state after each
// step, and whether a step is allowed at all.

import { type OperationAction, type OperationKind, operations, permission, type State, settling } from '@mainstay/core/lifecycle';
import type { Body } from './scene.ts';
import type { Deed } from './script.ts';

/** A server as the tables have it. */
export interface Expected {
  readonly state: State;
  readonly body: Body;
  /** Whether its program is started again when it dies. */
  readonly restarts: boolean;
}

export const allowed = (expected: Expected, action: OperationAction): boolean => permission(expected.state, action) === 'yes';

/** What an operation makes of it that succeeds; null: it is forgotten. */
export function after(expected: Expected, kind: OperationKind, run: boolean): Expected | null {
  const { succeeded } = operations[kind];
  if (succeeded === 'forgotten') return null;
  const state = succeeded === 'from' ? expected.state : succeeded === 'intended' ? (run ? 'running' : 'stopped') : succeeded;
  return { ...expected, state, body: bodyOf(state) };
}

/** What somebody outside makes of it; null: that cannot be done to it. */
export function afterDeed(expected: Expected, deed: Deed): Expected | null {
  const body = bodyAfter(expected, deed);
  if (body === null) return null;
  const meaning = settling[expected.state][body];
  if (meaning === 'operation' || meaning === 'stray') return null;
  return { ...expected, body, state: meaning === 'keep' ? expected.state : meaning };
}

function bodyAfter({ body, restarts }: Expected, deed: Deed): Body | null {
  if (body === 'absent') return null;
  switch (deed) {
    case 'rm':
      return 'absent';
    case 'rename':
      return body;
    case 'start':
      return 'running';
    case 'stop':
    case 'kill':
      return body === 'running' ? 'not-running' : null;
    case 'crash':
      return body === 'running' ? (restarts ? 'running' : 'not-running') : null;
  }
}

function bodyOf(state: State): Body {
  return state === 'running' ? 'running' : state === 'stopped' ? 'not-running' : 'absent';
}
