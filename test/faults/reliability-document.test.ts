// docs/reliability.md has a place for each kind and tells of every invariant, and a run writes its outcomes there and
// nowhere else.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { placeOf, reliabilityPath, withOutcomes } from '../../tools/reliability-document.ts';
import { invariants } from './invariants.ts';
import { type Kind, kinds } from './kinds.ts';
import type { Outcome } from './report.ts';

const document = readFileSync(reliabilityPath, 'utf8');

const outcome = (kind: Kind, more: Partial<Outcome> = {}): Outcome => ({
  kind,
  done: 'dockerd killed',
  promised: 'no state changes',
  found: 'as promised',
  settledMs: 1234,
  passed: true,
  tookMs: 5000,
  ...more,
});

test('it tells of every invariant by name', () => {
  for (const name of Object.keys(invariants)) expect(document).toContain(`\n- ${name}`);
});

test.for(Object.keys(kinds) as Kind[])('%s has a place, which a run of it fills, and leaves the rest as it is', (kind) => {
  const written = withOutcomes(document, [outcome(kind), outcome(kind, { done: 'a | b', passed: false, settledMs: null })], 'today');
  expect(written).toContain('| ✓ | dockerd killed | no state changes | as promised | 1.2 s |');
  expect(written).toContain('| **✗** | a \\| b | no state changes | as promised | – |');
  expect(written).toContain('today; took 10 s.');
  const around = (text: string) => [text.split(`<!-- ${kind}:`)[0], text.split(`<!-- end of ${kind} -->`)[1]];
  expect(around(written)).toEqual(around(document));
});

test('a kind that was not run says so', () => {
  expect(placeOf('disk', [], '')).toContain('Not run yet.');
});
