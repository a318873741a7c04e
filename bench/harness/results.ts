// What was found when, on which machine: kept in bench/results.json, measure by measure, so that a run of one leaves what is
// known of the others as it is. docs/performance.md is made from it.

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Findings } from './finding.ts';

export interface Taken extends Findings {
  /** `2026-01-31` */
  readonly date: string;
  readonly machine: string;
}

/** By the measure's name. */
export type Results = Readonly<Record<string, Taken>>;

const path = join(import.meta.dirname, '../results.json');

export const readResults = (): Results => JSON.parse(readFileSync(path, 'utf8')) as Results;

export function writeResults(results: Results): void {
  const short = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  writeFileSync(path, `${JSON.stringify(results, short, 2)}\n`);
}

export function machineFacts(): string {
  const [processor] = cpus();
  return `${cpus().length} × ${processor?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
}
