// Alarms: when something that is wrong is told, told again, and told to be over. What comes and goes is folded: however
// often it does, people hear at most that it began, that it was over, that it came back, and that it has held for a
// while. What they heard last agrees with how things stand, once they have stood so for the window.

export interface Alarm {
  /**
   * `held`: raised, and not told unless it lasts. `open`: it is so. `settling`: it is over, which is told once that has
   * held. `closed`: over; what is raised within the window from now is the same alarm again.
   */
  readonly stage: 'held' | 'open' | 'settling' | 'closed';
  /** When it was raised first, and last. ms UTC, like all times here. */
  readonly since: number;
  readonly raisedAt: number;
  /** How often it was raised. */
  readonly count: number;
  /** When it ended last. */
  readonly endedAt: number | null;
  /** When passing time makes something of it: `held` and `settling` only. */
  readonly dueAt: number | null;
  /** Whether it was told before, so that telling it is telling it again. */
  readonly told: boolean;
}

export type Telling = 'raised' | 'again' | 'recovered';

/** An alarm as it stands after something; null: there is none. */
export interface Step {
  readonly alarm: Alarm | null;
  readonly tell: Telling | null;
}

export interface Folding {
  /** Within this, what comes back is the same alarm, and what came back has to hold before it counts as over. */
  readonly windowMs: number;
  /** How long it has to last before it is told. */
  readonly holdMs: number;
}

/**
 * Something went wrong, at `at`.
 * @param heals it is over already unless it comes again, as a crash is after which the engine starts the server anew
 */
export function raise(alarm: Alarm | null, at: number, { windowMs, holdMs }: Folding, heals: boolean): Step {
  const same = alarm !== null && (alarm.stage !== 'closed' || at - (alarm.endedAt ?? at) < windowMs);
  const raised = same
    ? { ...alarm, raisedAt: at, count: alarm.count + 1 }
    : { since: at, raisedAt: at, count: 1, endedAt: null, told: false };
  const known = same && (alarm.stage === 'open' || alarm.stage === 'settling');
  if (heals) return { alarm: settling({ ...raised, told: true }, at, windowMs), tell: known ? null : wordFor(raised) };
  if (known) return { alarm: { ...raised, stage: 'open', dueAt: null }, tell: null };
  if (same && alarm.stage === 'held') return { alarm: { ...alarm, ...raised }, tell: null };
  if (holdMs > 0) return { alarm: { ...raised, stage: 'held', dueAt: at + holdMs }, tell: null };
  return { alarm: { ...raised, stage: 'open', dueAt: null, told: true }, tell: wordFor(raised) };
}

const wordFor = ({ told }: Pick<Alarm, 'told'>): Telling => (told ? 'again' : 'raised');

function settling(alarm: Omit<Alarm, 'stage' | 'dueAt'>, at: number, windowMs: number): Alarm {
  return { ...alarm, stage: 'settling', endedAt: at, dueAt: at + windowMs };
}

/**
 * It is over, at `at`.
 * @param final somebody ended it on purpose, so that it needs not be seen to hold
 */
export function recover(alarm: Alarm, at: number, { windowMs }: Pick<Folding, 'windowMs'>, final: boolean): Step {
  switch (alarm.stage) {
    case 'closed':
      return { alarm, tell: null };
    case 'held':
      return { alarm: alarm.told ? closed(alarm, at) : null, tell: null };
    case 'settling':
      return final ? { alarm: closed(alarm, at), tell: 'recovered' } : { alarm, tell: null };
    case 'open':
      // What came back before may well come back again.
      return alarm.count > 1 && !final && windowMs > 0
        ? { alarm: settling(alarm, at, windowMs), tell: null }
        : { alarm: closed(alarm, at), tell: 'recovered' };
  }
}

/** Time has passed: what was held is told, what has settled is over. */
export function pass(alarm: Alarm, now: number): Step {
  if (alarm.dueAt === null || alarm.dueAt > now) return { alarm, tell: null };
  if (alarm.stage === 'held') return { alarm: { ...alarm, stage: 'open', dueAt: null, told: true }, tell: alarm.told ? 'again' : 'raised' };
  return { alarm: closed(alarm, alarm.endedAt ?? now), tell: 'recovered' };
}

function closed(alarm: Alarm, at: number): Alarm {
  return { ...alarm, stage: 'closed', endedAt: at, dueAt: null };
}
