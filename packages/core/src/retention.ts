// How long a deleted server stays restorable.

/** 24 h, as the design has it. */
export const defaultRetentionMs = 24 * 60 * 60 * 1000;

/** When a deleted server's retention ends, in ms UTC; null when it is not deleted. */
export function purgeAt(deletedAt: number | null, retentionMs: number = defaultRetentionMs): number | null {
  return deletedAt === null ? null : deletedAt + retentionMs;
}
