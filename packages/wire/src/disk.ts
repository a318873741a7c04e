// What worlds take of their host's disk: as an agent measures it, and the series that are kept.

import { z } from 'zod';
import { serverId, time } from './common.ts';

/** How often a host is asked. Seldom: worlds grow slowly, and looking at millions of files costs the disk. */
export const measureEveryMs = 10 * 60_000;

/** How long a host may take to answer; one that is still at it is asked again the next time. */
export const measureWithinMs = measureEveryMs / 2;

/** The spans that are kept, each with its step; a step has the last size that was measured in it. */
export const diskSpans = {
  '7d': { stepMs: 30 * 60_000, keepMs: 7 * 24 * 60 * 60_000 },
  '1y': { stepMs: 24 * 60 * 60_000, keepMs: 366 * 24 * 60 * 60_000 },
} as const satisfies Record<string, { stepMs: number; keepMs: number }>;
export type DiskSpan = keyof typeof diskSpans;

const bytes = z.int().min(0);

/** A server's volumes by name, in bytes as `du` counts. */
export const volumeBytes = z.record(z.string(), bytes);

/** What an agent measured. A server whose data could not be counted is left out, and so is what else could not: null. */
export const diskReport = z.object({
  servers: z.array(z.object({ serverId, volumes: volumeBytes })).max(10_000),
  trashBytes: bytes.nullable(),
  archiveBytes: bytes.nullable(),
  disk: z.object({ freeBytes: bytes, totalBytes: bytes }).nullable(),
});

/** How a host's disk is used: what its servers' volumes take together, and what is kept of purged ones. */
export const hostDisk = z.object({
  at: time,
  serverBytes: bytes,
  trashBytes: bytes.nullable(),
  archiveBytes: bytes.nullable(),
  freeBytes: bytes.nullable(),
  totalBytes: bytes.nullable(),
});

const span = z.enum(['7d', '1y']);
export const diskQuery = z.strictObject({ span: span.default('7d') });

/** Oldest first; steps in which nothing was measured are left out. */
export const serverDiskSeries = z.object({ span, stepMs: z.int(), samples: z.array(z.object({ at: time, volumes: volumeBytes })) });
export const hostDiskSeries = z.object({ span, stepMs: z.int(), samples: z.array(hostDisk) });

export type DiskReport = z.output<typeof diskReport>;
export type HostDisk = z.output<typeof hostDisk>;
export type ServerDiskSeries = z.output<typeof serverDiskSeries>;
export type HostDiskSeries = z.output<typeof hostDiskSeries>;
