// Keeps the samples bounded: now and then what is too old for any chart goes.

import { dropOldUsage } from '../app/usage.ts';
import type { World } from '../world.ts';
import { every } from './every.ts';

/** Often enough that it is a few rows each time, seldom enough to cost nothing. */
const everyMs = 10 * 60_000;

/** @returns how to stop */
export function startUsageKeeping(world: World): { stop(): Promise<void> } {
  return every(world, everyMs, 'old usage could not be dropped', () => dropOldUsage(world));
}
