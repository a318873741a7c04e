// How much disk is much: a server's soft quota, and when a host's disk counts as nearly full.

/** A soft quota: nothing is cut off when it is passed; it is told, and further starts are refused where the owner wants that. */
export interface Quota {
  /** MiB that its volumes should take together. */
  readonly dataMb: number;
  readonly refuseStarts: boolean;
}

const mebibyte = 1024 * 1024;

export const quotaBytes = (quota: Quota): number => quota.dataMb * mebibyte;

/** Whether data of this size is over it. What is not known to be is not. */
export function overQuota(quota: Quota | null, bytes: number | null): boolean {
  return quota !== null && bytes !== null && bytes > quotaBytes(quota);
}

/** What is free of a disk, and its whole, in bytes. */
export interface Disk {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Below both a share and a size: a tenth of a large disk is room for years, and 20 GB of a small one may be all of it. */
const scarce = { share: 0.1, bytes: 20e9 };
/** It has to have this many times as much again before it counts as well, or a disk at the edge would be told of all day. */
const relief = 1.2;

/** Whether a host's disk is nearly full: worlds grow, and a full disk loses them. @param before whether it was so far */
export function nearlyFull({ freeBytes, totalBytes }: Disk, before: boolean): boolean {
  return freeBytes < Math.min(scarce.bytes, totalBytes * scarce.share) * (before ? relief : 1);
}
