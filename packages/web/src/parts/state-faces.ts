// How each state is drawn: a shape, a word and an ink, never a colour alone.

import type { State } from '@mainstay/core/lifecycle';
import { text } from '../messages.ts';
import type { ShapeName } from '../ui/shape.tsx';

export interface StateFace {
  readonly shape: ShapeName;
  readonly ink: string;
  readonly word: string;
}

export const stateFaces = {
  creating: { shape: 'arc', ink: 'text-busy', word: text.states.creating },
  running: { shape: 'disc', ink: 'text-running', word: text.states.running },
  stopped: { shape: 'ring', ink: 'text-stopped', word: text.states.stopped },
  missing: { shape: 'dashed-ring', ink: 'text-missing', word: text.states.missing },
  failed: { shape: 'triangle', ink: 'text-failed', word: text.states.failed },
  deleted: { shape: 'struck-ring', ink: 'text-deleted', word: text.states.deleted },
  deleting: { shape: 'arc', ink: 'text-busy', word: text.states.deleting },
} as const satisfies Record<State, StateFace>;

/** A state, or a host, that is not known now. */
export const unheardFace = { shape: 'dotted-ring', ink: 'text-unheard' } as const;
