// The record against the container made from it: which settings a rebuild would change. Named reasons, so that a
// person reads "image, env" rather than "changed".

import type { ServerConduct, ServerRecord, ServerSpec } from './server.ts';

export const specFields = [
  'name',
  'image',
  'env',
  'command',
  'ports',
  'volumes',
  'limits',
  'stop',
  'restart',
  'sandbox',
] as const satisfies readonly (keyof ServerSpec)[];
export type SpecField = (typeof specFields)[number];

/** What a person can change of a record that takes effect at once, without a rebuild. */
export const conductFields = [
  'console',
  'ready',
  'install',
  'files',
  'retention',
  'quota',
] as const satisfies readonly (keyof ServerConduct)[];

/** All that a person can change of a record. */
export const recordFields = [...specFields, ...conductFields] as const satisfies readonly (keyof ServerRecord)[];
export type RecordField = (typeof recordFields)[number];

/** Whether a change of it is in the container only after a rebuild. */
export const takesRebuild = (field: RecordField): field is SpecField => specFields.some((each) => each === field);

/** The fields in which `spec` differs from `applied`, what the container was made from; none when there was no container yet. */
export function outdated(spec: ServerSpec, applied: ServerSpec | null): SpecField[] {
  if (applied === null) return [];
  return specFields.filter((field) => canonical(spec[field]) !== canonical(applied[field]));
}

/** The fields in which two records differ. */
export function changedFields(record: Readonly<Record<RecordField, unknown>>, from: Readonly<Record<RecordField, unknown>>): RecordField[] {
  return recordFields.filter((field) => canonical(record[field]) !== canonical(from[field]));
}

/** One text for equal values, whatever the order of their keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    return `{${entries
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
