// How long a deleted server stays restorable, and when the end of that may be believed. A clock can be wrong: set forward a
// year it makes everything look overdue at once. So an end counts only when it was seen twice, apart by a clock that cannot be
// set, and a jump of the one against the other begins the seeing anew.

/** Hours; null: for ever. */
export type Retention = number | null;

/** 24 h, as the design has it. */
export const defaultRetentionHours = 24;

const hourMs = 60 * 60 * 1000;

/** How long before a purge it is told. */
export const noticeMs = hourMs;

/** When a deleted server's retention ends, in ms UTC; null when it is not deleted, or kept for ever. */
export function purgeAt(deletedAt: number | null, hours: Retention = defaultRetentionHours): number | null {
  return deletedAt === null || hours === null ? null : deletedAt + hours * hourMs;
}

/** A moment by the clock on the wall (ms UTC) and by one that only runs (ms). */
export interface Moment {
  readonly wall: number;
  readonly running: number;
}

/** What is remembered from one look to the next. */
export interface EndsSeen<Id> {
  readonly at: Moment;
  /** Since when, by the running clock, each retention is seen to be over. */
  readonly over: ReadonlyMap<Id, number>;
}

/** The two clocks may drift apart by so much between two looks; more is a clock that was set. */
const driftMs = 60_000;

export interface EndsJudged<Id> {
  readonly seen: EndsSeen<Id>;
  /** Whose retention is over for certain. */
  readonly ended: readonly Id[];
  /** Whether the clock was set since the last look. */
  readonly jumped: boolean;
}

/**
 * Looks at the ends of retentions.
 * @param before the last look's; null: this is the first
 * @param ends when each retention ends, ms UTC
 * @param confirmMs how long an end must be seen, by the running clock, before it counts
 */
export function judgeEnds<Id>(before: EndsSeen<Id> | null, now: Moment, ends: ReadonlyMap<Id, number>, confirmMs: number): EndsJudged<Id> {
  const jumped = before !== null && Math.abs(now.wall - before.at.wall - (now.running - before.at.running)) > driftMs;
  const over = new Map<Id, number>();
  const ended: Id[] = [];
  for (const [id, end] of ends) {
    if (now.wall < end) continue;
    const since = jumped ? now.running : (before?.over.get(id) ?? now.running);
    over.set(id, since);
    if (since !== now.running && now.running - since >= confirmMs) ended.push(id);
  }
  return { seen: { at: now, over }, ended, jumped };
}
