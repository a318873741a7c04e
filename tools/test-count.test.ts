import { expect, test } from 'vitest';
import { countTests } from './test-count.ts';

const report = (numPassedTests: number, numFailedTests: number, testResults: object[] = []) =>
  JSON.stringify({ numPassedTests, numFailedTests, testResults });
const notLoaded = { status: 'failed', assertionResults: [] };

test('counts what passed and failed', () => {
  expect(countTests(report(5, 2), 1)).toEqual({ passed: 5, failed: 2 });
  expect(countTests(report(5, 0), 0)).toEqual({ passed: 5, failed: 0 });
});

test.each([
  ['no report', '', 1],
  ['a report cut short', '{"numPassed', 0],
  ['no test at all', report(0, 0), 0],
])('%s is a failure', (_, text, exitCode) => {
  expect(countTests(text, exitCode)).toEqual({ passed: 0, failed: 1 });
});

test('a file that does not load is a failure', () => {
  expect(countTests(report(5, 0, [notLoaded]), 1)).toEqual({ passed: 5, failed: 1 });
});

test('an error outside any test is a failure', () => {
  expect(countTests(report(5, 0), 1)).toEqual({ passed: 5, failed: 1 });
});
