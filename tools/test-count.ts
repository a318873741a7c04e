// How many tests passed and failed, from vitest's JSON report.
// Whatever keeps tests from being seen to pass counts as a failure: no report, no tests at all, a file that does not load,
// an error outside any test.

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
}

export const noCount: TestCount = { passed: 0, failed: 0 };

/** Counts a report's tests; `exitCode` is vitest's own. */
export function countTests(report: string, exitCode: number): TestCount {
  const { numPassedTests: passed, numFailedTests: failed, testResults } = parse(report);
  const filesNotLoaded = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length;
  const failures = failed + filesNotLoaded;
  const unexplained = failures === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: unexplained ? 1 : failures };
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { status: string; assertionResults: readonly unknown[] }[];
}

function parse(report: string): Report {
  const empty: Report = { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  try {
    return { ...empty, ...JSON.parse(report) };
  } catch {
    return empty;
  }
}
