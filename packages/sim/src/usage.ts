// What simulated servers use: believable numbers that wander a little, for running ones only.

import { serverOf } from '@mainstay/core/bodies';
import type { UsageReport } from '@mainstay/wire/usage';
import { type Container, runs } from './container.ts';
import type { World } from './world.ts';

const megabyte = 1024 * 1024;
/** What a server without a limit has. */
const plentyMb = 2_048;

export function sampleUsage({ clock, random }: World, containers: readonly Container[]): UsageReport {
  return {
    takenAt: clock.now(),
    servers: containers.flatMap((container) => {
      const serverId = serverOf(container);
      if (serverId === null || !runs(container)) return [];
      return [
        {
          serverId,
          cores: random() ** 3 * 1.5,
          memoryBytes: Math.round((container.spec.limits.memoryMb ?? plentyMb) * megabyte * (0.3 + random() * 0.4)),
          receivedPerSecond: Math.round(random() * 20_000),
          sentPerSecond: Math.round(random() * 80_000),
        },
      ];
    }),
  };
}
