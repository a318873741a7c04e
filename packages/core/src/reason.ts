// Why a server is in its state: a code with what is known about it, and the sentence people read. The sentence is
// derived, never stored, so that it can be told in another language and never disagrees with its code.

import type { FaultCode } from './fault.ts';
import type { OperationKind } from './lifecycle.ts';

/** How a container came to disagree with the record, nobody having asked for it. */
export const drifts = ['started-outside', 'stopped-outside', 'crashed', 'out-of-memory', 'killed', 'exited', 'removed-outside'] as const;
export type Drift = (typeof drifts)[number];

/** How a container's process ended, as the engine tells it. */
export interface Exit {
  /** The process's exit code; 128 + n when signal n ended it. */
  readonly code: number;
  /** Whether the engine saw the kernel end it for want of memory. */
  readonly outOfMemory: boolean;
  /** Whether somebody asked the engine for it (`docker stop`, `docker kill`); null when nobody was listening then. */
  readonly asked: boolean | null;
  /** When, in ms UTC. */
  readonly at: number;
}

export type Reason =
  /** A person's operation brought it here. */
  | { readonly code: 'operation'; readonly operation: OperationKind }
  /** An observation did. */
  | { readonly code: Drift; readonly exit?: Exit }
  /** An operation ended in an error. */
  | { readonly code: 'operation-failed'; readonly operation: OperationKind; readonly fault: FaultCode; readonly detail: string }
  /** A person cancelled an operation. */
  | { readonly code: 'operation-cancelled'; readonly operation: OperationKind }
  /** It was stopped for as long as its data is copied to another server, which is called so. */
  | { readonly code: 'lent'; readonly to: string };

/** Names how a process ended, from what the engine told of it. */
export function driftOfExit(exit: Exit): Drift {
  if (exit.outOfMemory) return 'out-of-memory';
  if (exit.asked) return 'stopped-outside';
  if (exit.code === 0) return 'exited';
  // 128 + SIGKILL and 128 + SIGTERM: something outside the program ended it.
  if (exit.code === 137 || exit.code === 143) return 'killed';
  return 'crashed';
}

const done = {
  create: 'created',
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
  rebuild: 'rebuilt',
  delete: 'deleted',
  restore: 'restored',
  purge: 'being purged',
} as const satisfies Record<OperationKind, string>;

/** The reason as a sentence without its full stop: `crashed with exit code 3`. */
export function sentence(reason: Reason): string {
  switch (reason.code) {
    case 'operation':
      return done[reason.operation];
    case 'operation-failed':
      return `${reason.operation} failed: ${reason.detail}`;
    case 'operation-cancelled':
      return `${reason.operation} was cancelled`;
    case 'lent':
      return `stopped while its data is copied to “${reason.to}”`;
    case 'started-outside':
      return 'started outside Mainstay';
    case 'removed-outside':
      return 'its container was removed outside Mainstay';
    case 'stopped-outside':
      return `stopped outside Mainstay${withExit(reason.exit)}`;
    case 'crashed':
      return `crashed${reason.exit ? ` with exit code ${reason.exit.code}` : ''}`;
    case 'out-of-memory':
      return `ran out of memory and was killed (OOM)${withExit(reason.exit)}`;
    case 'killed':
      return `was killed${withExit(reason.exit)}`;
    case 'exited':
      return `ended by itself${withExit(reason.exit)}`;
  }
}

function withExit(exit: Exit | undefined): string {
  return exit ? `, exit code ${exit.code}` : '';
}
