// Asks hosts for the sizes of worlds. Seldom: counting reads every directory of every world.

import { measureAllData } from '../app/data-size.ts';
import type { World } from '../world.ts';
import { every } from './every.ts';

const everyMs = 10 * 60_000;

/** @returns how to stop */
export function startMeasuring(world: World): { stop(): Promise<void> } {
  return every(world, everyMs, 'worlds could not be measured', () => measureAllData(world));
}
