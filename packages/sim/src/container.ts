// A simulated container: what it was made from, and how it stands now. Only its engine changes it.

import type { Labelled } from '@mainstay/core/bodies';
import type { Exit } from '@mainstay/core/reason';
import type { Sighting } from '@mainstay/core/settle';
import type { ContainerSpec } from '@mainstay/wire/link';
import type { Log } from './log.ts';

export interface Container extends Labelled {
  name: string;
  readonly spec: ContainerSpec;
  /** `restarting`: its program ended, and its restart policy will start it again in a moment. */
  state: 'created' | 'running' | 'restarting' | 'exited';
  /** When its process began last; 0: it never did. */
  startedAt: number;
  /** How its process ended last; null: it never did. */
  exit: Exit | null;
  /** How often the restart policy has started it again. */
  restarts: number;
  readonly log: Log;
}

/** Whether it counts as running: what a restart policy is at work on does. */
export const runs = ({ state }: Pick<Container, 'state'>): boolean => state === 'running' || state === 'restarting';

export function sightingOf(container: Container): Sighting {
  const containerId = container.id;
  if (runs(container)) return { kind: 'running', containerId };
  return { kind: 'not-running', containerId, exit: container.state === 'created' ? null : container.exit };
}
