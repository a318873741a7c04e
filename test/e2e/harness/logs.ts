// What the programs of a test have logged, as much as a person would read.

import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** More than these tell nobody anything. */
const linesShown = 120;

/** How long each log was at a moment, by its file's name. */
export type LogMark = Readonly<Record<string, number>>;

export interface Logs {
  /** What was logged from `mark` on. */
  logs(mark?: LogMark): string;
  /** The place where the logs end now. */
  logMark(): LogMark;
}

export function createLogs(files: readonly string[]): Logs {
  const size = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const since = (file: string, mark: LogMark) =>
    readFileSync(file)
      .subarray(mark[basename(file)] ?? 0)
      .toString();
  return {
    logMark: () => Object.fromEntries(files.map((file) => [basename(file), size(file)])),
    logs: (mark = {}) =>
      files
        .filter((file) => size(file) > (mark[basename(file)] ?? 0))
        .map((file) => `── ${basename(file)}\n${lastLines(since(file, mark))}`)
        .join('\n'),
  };
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-linesShown).join('\n');
}
