// Asks hosts what their servers take of the disk, and drops sizes that are too old for any chart.

import { measureEveryMs } from '@mainstay/wire/disk';
import { measureAllDisks } from '../app/disk.ts';
import { dropOldSizes } from '../app/disk-series.ts';
import type { World } from '../world.ts';
import { every } from './every.ts';

/** @returns how to stop */
export function startMeasuring(world: World): { stop(): Promise<void> } {
  return every(world, measureEveryMs, 'disks could not be measured', async () => {
    await dropOldSizes(world);
    await measureAllDisks(world);
  });
}
