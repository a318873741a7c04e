// Alarms, folded: however much comes and goes, few words are said of it, and the last of them is true.

import { type Alarm, pass, raise, recover, type Telling } from '@mainstay/core/alarms';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const minute = 60_000;
const windowMs = 10 * minute;

type Happening = 'raised' | 'crashed' | 'recovered' | 'ended on purpose';

/** Lets it all happen at its times, with time passing in between and for long afterwards. @returns what was told, with its times */
function tell(
  happenings: readonly (readonly [at: number, what: Happening])[],
  holdMs = 0,
): { said: [number, Telling][]; alarm: Alarm | null } {
  const said: [number, Telling][] = [];
  let alarm: Alarm | null = null;
  const take = (at: number, step: { alarm: Alarm | null; tell: Telling | null }) => {
    alarm = step.alarm;
    if (step.tell) said.push([at, step.tell]);
  };
  const wait = (until: number) => {
    const due = alarm?.dueAt ?? null;
    if (alarm && due !== null && due <= until) take(due, pass(alarm, due));
  };
  for (const [at, what] of happenings) {
    wait(at);
    if (what === 'raised' || what === 'crashed') take(at, raise(alarm, at, { windowMs, holdMs }, what === 'crashed'));
    else if (alarm) take(at, recover(alarm, at, { windowMs }, what === 'ended on purpose'));
  }
  wait(Number.MAX_SAFE_INTEGER);
  return { said, alarm };
}

/** What happens one after the other, each so long after the one before. */
function timeline(steps: readonly (readonly [gap: number, what: Happening])[]): [number, Happening][] {
  let at = 0;
  return steps.map(([gap, what]) => {
    at += gap;
    return [at, what];
  });
}

const words = (...happenings: Parameters<typeof tell>[0]) => tell(happenings).said.map(([, telling]) => telling);

describe('what is told', () => {
  it('of something that breaks and is mended: that it broke, and that it is mended, each at once', () => {
    expect(
      tell([
        [0, 'raised'],
        [3 * minute, 'recovered'],
      ]).said,
    ).toEqual([
      [0, 'raised'],
      [3 * minute, 'recovered'],
    ]);
  });

  it('of a crash loop that the engine drives: that it crashed, and once that it has held', () => {
    const crashes = Array.from({ length: 37 }, (_, at) => [at * 20_000, 'crashed'] as const);
    const { said, alarm } = tell(crashes);
    expect(said).toEqual([
      [0, 'raised'],
      [36 * 20_000 + windowMs, 'recovered'],
    ]);
    expect(alarm).toMatchObject({ stage: 'closed', count: 37, since: 0 });
  });

  it('of what comes and goes: that it is back once more, and then nothing until it has held', () => {
    const flapping = Array.from({ length: 20 }, (_, at) => [at * minute, at % 2 === 0 ? 'raised' : 'recovered'] as const);
    expect(words(...flapping)).toEqual(['raised', 'recovered', 'again', 'recovered']);
  });

  it('of what comes and goes and then stays: the last word is that it is so', () => {
    expect(words([0, 'raised'], [minute, 'recovered'], [2 * minute, 'raised'], [3 * minute, 'recovered'], [4 * minute, 'raised'])).toEqual([
      'raised',
      'recovered',
      'again',
    ]);
  });

  it('of the same thing on another day: it is told anew', () => {
    expect(words([0, 'raised'], [minute, 'recovered'], [windowMs + 2 * minute, 'raised'])).toEqual(['raised', 'recovered', 'raised']);
  });

  it('of what somebody ended on purpose: that it is over, at once, however it flapped before', () => {
    expect(
      tell([
        [0, 'crashed'],
        [minute, 'crashed'],
        [2 * minute, 'ended on purpose'],
      ]).said,
    ).toEqual([
      [0, 'raised'],
      [2 * minute, 'recovered'],
    ]);
  });

  it('of what ends before it was worth a word: nothing', () => {
    expect(
      tell(
        [
          [0, 'raised'],
          [20_000, 'recovered'],
        ],
        30_000,
      ).said,
    ).toEqual([]);
    expect(
      tell(
        [
          [0, 'raised'],
          [31_000, 'recovered'],
        ],
        30_000,
      ).said,
    ).toEqual([
      [30_000, 'raised'],
      [31_000, 'recovered'],
    ]);
  });
});

describe('whatever happens, in whatever order', () => {
  const happenings = fc
    .array(
      fc.tuple(fc.integer({ min: 1, max: 15 * minute }), fc.constantFrom<Happening>('raised', 'crashed', 'recovered', 'ended on purpose')),
      { maxLength: 60 },
    )
    .map(timeline);
  const withinTheWindow = fc.integer({ min: 1, max: windowMs - 1 });
  const holds = fc.constantFrom(0, 30_000, 5 * minute);

  it('the last word agrees with how things stand', () => {
    fc.assert(
      fc.property(happenings, holds, (steps, holdMs) => {
        const { said, alarm } = tell(steps, holdMs);
        const last = said.at(-1)?.[1];
        const isWrong = steps.at(-1)?.[1] === 'raised';
        if (isWrong) expect(last).toBeOneOf(['raised', 'again']);
        else expect([undefined, 'recovered']).toContain(last);
        expect(alarm !== null && alarm.stage !== 'closed').toBe(isWrong);
      }),
    );
  });

  it('an end is told only of what was told, and nothing twice', () => {
    fc.assert(
      fc.property(happenings, holds, (steps, holdMs) => {
        let standing = false;
        for (const [, telling] of tell(steps, holdMs).said) {
          expect(telling === 'recovered').toBe(standing);
          standing = telling !== 'recovered';
        }
      }),
    );
  });

  it('of what never holds for the window no more than four words are said', () => {
    const restless = fc
      .array(withinTheWindow, { maxLength: 80 })
      .map((gaps) => timeline(gaps.map((gap, step) => [gap, step % 2 === 0 ? 'raised' : 'recovered'])));
    fc.assert(fc.property(restless, holds, (steps, holdMs) => void expect(tell(steps, holdMs).said.length).toBeLessThanOrEqual(4)));
  });

  it('every raise is counted', () => {
    fc.assert(
      fc.property(fc.array(withinTheWindow, { minLength: 1, maxLength: 40 }), (gaps) => {
        const { alarm } = tell(timeline(gaps.map((gap) => [gap, 'raised'])));
        expect(alarm).toMatchObject({ stage: 'open', count: gaps.length });
      }),
    );
  });
});
