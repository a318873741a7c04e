// docs/performance.md: the tables of what was measured, made from bench/results.json. What stands around them is written by hand.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { growthOf } from '../bench/harness/figures.ts';
import type { Finding } from '../bench/harness/finding.ts';
import type { Results } from '../bench/harness/results.ts';
import { amount, figureWords, goalWords, number, ratioWords, verdictWords } from '../bench/harness/words.ts';
import { measures } from '../bench/measures.ts';
import { ROOT } from './test-run.ts';

export const performancePath = join(ROOT, 'docs/performance.md');

const places = {
  results: { begin: '<!-- results: made by npm run bench -->', end: '<!-- end of results -->' },
  growth: { begin: '<!-- growth: made by npm run bench -->', end: '<!-- end of growth -->' },
} as const;

/** The document as it is, with these results in its tables. */
export async function withResults(results: Results): Promise<string> {
  const document = await readFile(performancePath, 'utf8');
  return put(put(document, 'results', resultTables(results)), 'growth', growthTables(results));
}

function put(document: string, place: keyof typeof places, text: string): string {
  const { begin, end } = places[place];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has lost the place of its ${place}.`);
  return `${document.slice(0, from)}${begin}\n\n${text}\n\n${document.slice(to)}`;
}

function resultTables(results: Results): string {
  return measures
    .flatMap(({ name, title }) => {
      const taken = results[name];
      if (taken === undefined) return [`### ${title}\n\n\`${name}\` was not taken yet.`];
      if (taken.findings.length === 0) return [];
      const table = tableOf(['measured', 'found', 'baseline', 'ratio', 'goal', ''], taken.findings.map(cellsOf));
      return [`### ${title}\n\n${table}\n\n\`${name}\`, ${taken.date}: ${taken.machine}.`];
    })
    .join('\n\n');
}

function cellsOf(finding: Finding): string[] {
  const { what, baseline, unit, goals } = finding;
  return [
    what,
    figureWords(finding),
    baseline === null ? '–' : `${baseline.what}: ${figureWords({ figures: baseline.figures, unit })}`,
    ratioWords(finding),
    goals.map((goal) => goalWords(finding, goal)).join(', '),
    verdictWords(finding).replaceAll('missed', '**missed**'),
  ];
}

function growthTables(results: Results): string {
  const growths = measures.flatMap(({ name }) => (results[name]?.growths ?? []).map((growth) => ({ name, ...growth })));
  if (growths.length === 0) return 'Not taken yet.';
  const sizes = [...new Set(growths.flatMap(({ points }) => points.map(({ size }) => size)))].sort((a, b) => a - b);
  const rows = growths.map(({ name, what, of, unit, points }) => [
    `${what}, by ${of} (\`${name}\`)`,
    ...sizes.map((size) => {
      const point = points.find((each) => each.size === size);
      return point ? amount(point.cost, unit) : '';
    }),
    `n^${number(growthOf(points))}`,
  ]);
  return tableOf(['cost', ...sizes.map((size) => size.toLocaleString('en')), 'grows as'], rows);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}
