// How the states of a delivery look: a shape and an ink beside the word, as everywhere.

import type { DeliveryState } from '@mainstay/wire/notifications';
import type { ShapeName } from '../ui/shape.tsx';

export const deliveryFaces = {
  queued: { shape: 'ring', ink: 'text-ink-faint' },
  sending: { shape: 'arc', ink: 'text-busy' },
  retrying: { shape: 'dashed-ring', ink: 'text-missing' },
  delivered: { shape: 'disc', ink: 'text-running' },
  dead: { shape: 'triangle', ink: 'text-failed' },
} as const satisfies Record<DeliveryState, { readonly shape: ShapeName; readonly ink: string }>;
