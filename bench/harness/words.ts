// Findings in words: for the terminal and for the document alike.

import { growthOf } from './figures.ts';
import { type Finding, type Goal, type Growth, holds, ratioOf, type Unit } from './finding.ts';

/** As many digits as somebody compares by. */
export function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: 0, maximumFractionDigits: digits });
}

export const amount = (value: number, unit: Unit): string => `${number(value)} ${unit}`;

const ofWords = { p50: 'p50', p99: 'p99', most: 'at most', ratio: 'ratio' } as const satisfies Record<Goal['of'], string>;

export function goalWords({ unit }: Finding, { of, atMost, atLeast }: Goal): string {
  const limit = (value: number) => (of === 'ratio' ? `${number(value)} ×` : amount(value, unit));
  if (atMost === undefined) return `${ofWords[of]} ≥ ${limit(atLeast ?? 0)}`;
  return `${ofWords[of]} ≤ ${limit(atMost)}`;
}

/** Whether the goals hold, in a word each; nothing for one that has none. */
export const verdictWords = (finding: Finding): string =>
  finding.goals.map((goal) => (holds(finding, goal) ? 'holds' : 'missed')).join(', ');

export function figureWords({ figures: { p50, p99, p10, p90, samples }, unit }: Pick<Finding, 'figures' | 'unit'>): string {
  if (samples === 1) return amount(p50, unit);
  return `p50 ${amount(p50, unit)}, p99 ${number(p99)}, spread ${number(p10)}–${number(p90)}, n ${samples}`;
}

export function ratioWords(finding: Finding): string {
  const ratio = ratioOf(finding);
  return ratio === null ? '–' : `${number(ratio)} ×`;
}

/** One finding as lines of a terminal. */
export function findingLines(finding: Finding): string[] {
  const { what, baseline, goals, unit } = finding;
  return [
    `  ${what}`,
    `    ${figureWords(finding)}`,
    ...(baseline === null ? [] : [`    ${ratioWords(finding)} of ${baseline.what}: ${figureWords({ figures: baseline.figures, unit })}`]),
    ...goals.map((goal) => `    goal ${goalWords(finding, goal)}: ${holds(finding, goal) ? 'holds' : 'MISSED'}`),
  ];
}

export function growthLines({ what, of, unit, points }: Growth): string[] {
  return [
    `  ${what}: ${points.map(({ size, cost }) => `${size.toLocaleString('en')} → ${amount(cost, unit)}`).join(', ')}`,
    `    grows with the power ${number(growthOf(points))} of ${of}`,
  ];
}
