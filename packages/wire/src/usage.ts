// What servers use of their host: samples that agents take, and the series that charts are drawn from.

import { z } from 'zod';
import { serverId, time } from './common.ts';

/** How often an agent samples. More often costs more than it tells; less often misses the spike that lags a game. */
export const sampleEveryMs = 10_000;

/** How long a sample counts as what is used now: three missed ones are silence. */
export const sampleFreshMs = 3 * sampleEveryMs;

/** The spans that are kept, each with its step: about as many points as a chart is wide. */
export const usageSpans = {
  '1h': { stepMs: sampleEveryMs, keepMs: 60 * 60_000 },
  '24h': { stepMs: 60_000, keepMs: 24 * 60 * 60_000 },
  '7d': { stepMs: 10 * 60_000, keepMs: 7 * 24 * 60 * 60_000 },
} as const satisfies Record<string, { stepMs: number; keepMs: number }>;
export type UsageSpan = keyof typeof usageSpans;

const measures = {
  cores: z.number().min(0).meta({ description: 'Processor cores in use: 0.5 is half of one' }),
  memoryBytes: z.int().min(0).meta({ description: 'Without the page cache that the kernel would give back' }),
  receivedPerSecond: z.number().min(0).nullable().meta({ description: 'Bytes; null: could not be told' }),
  sentPerSecond: z.number().min(0).nullable().meta({ description: 'Bytes; null: could not be told' }),
};

export const usage = z.object({ at: time, ...measures });

/** What an agent sends: one sample of each of its running servers. */
export const usageReport = z.object({ takenAt: time, servers: z.array(z.object({ serverId, ...measures })).max(10_000) });

export const usageQuery = z.strictObject({ span: z.enum(['1h', '24h', '7d']).default('1h') });

/** Averages over each step; steps in which nothing ran are left out. */
export const usageSeries = z.object({ span: z.enum(['1h', '24h', '7d']), stepMs: z.int(), samples: z.array(usage) });

export type Usage = z.output<typeof usage>;
export type UsageReport = z.output<typeof usageReport>;
export type UsageSeries = z.output<typeof usageSeries>;
