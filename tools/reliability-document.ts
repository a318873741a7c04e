// docs/reliability.md: the table of all scenarios of the fault suite, made by the full run. Each kind has its place between
// two markers; a run writes those of the kinds that it ran whole, and leaves the rest as it is.

import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Kind, kinds } from '../test/faults/kinds.ts';
import { type Outcome, seconds } from '../test/faults/report.ts';
import { ROOT } from './test-run.ts';

export const reliabilityPath = join(ROOT, 'docs/reliability.md');

const begin = (kind: Kind) => `<!-- ${kind}: made by npm run test:faults -->`;
const end = (kind: Kind) => `<!-- end of ${kind} -->`;

/** The document with these outcomes in their places. @param about when and on what they were had */
export function withOutcomes(document: string, outcomes: readonly Outcome[], about: string): string {
  return [...Map.groupBy(outcomes, ({ kind }) => kind)].reduce((text, [kind, of]) => {
    const from = text.indexOf(begin(kind));
    const to = text.indexOf(end(kind));
    if (from < 0 || to < from) throw new Error(`docs/reliability.md has lost the place of ${kind}.`);
    return `${text.slice(0, from)}${placeOf(kind, of, about)}${text.slice(to + end(kind).length)}`;
  }, document);
}

/** What stands in a kind's place, markers included. */
export function placeOf(kind: Kind, outcomes: readonly Outcome[], about: string): string {
  const { title } = kinds[kind];
  const rows = outcomes.map(({ done, promised, found, settledMs, passed }) => [
    passed ? '✓' : '**✗**',
    done,
    promised,
    found,
    settledMs === null ? '–' : seconds(settledMs),
  ]);
  const took = seconds(outcomes.reduce((sum, { tookMs }) => sum + tookMs, 0));
  return [
    begin(kind),
    '',
    `## ${title}`,
    '',
    kinds[kind].about,
    '',
    ...(outcomes.length === 0 ? ['Not run yet.'] : [table(rows), '', `${about}; took ${took}.`]),
    '',
    end(kind),
  ].join('\n');
}

/** Today, and this machine. */
export function circumstances(now: Date): string {
  const [processor] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${now.toISOString().slice(0, 10)}, ${cpus().length} × ${processor?.model.trim() ?? 'unknown'}, ${memory} GiB, Node ${process.versions.node}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const head = ['', 'what was done', 'what is promised', 'what was found', 'settled after'];
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}
