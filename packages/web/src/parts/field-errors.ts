// What is wrong with a form, by the JSON pointer of the field it belongs to: as the API's own schemas tell it before
// anything is sent, and as the manager tells it afterwards.

import type { Fault } from '@mainstay/core/fault';
import { type Issue, innermost } from '@mainstay/wire/problem';
import { text } from '../messages.ts';

/** Messages by the JSON pointer of the field they belong to. */
export type FieldErrors = ReadonlyMap<string, string>;

export type Checked<T> = { readonly kind: 'right'; readonly body: T } | { readonly kind: 'wrong'; readonly errors: FieldErrors };

/** What a schema found. */
export type Parsed = { readonly success: true } | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

/**
 * The first message of each field at fault; none when all is right.
 * @param placeOf where a fault is shown, where that is not where it is
 */
export function errorsOfParsed(
  parsed: Parsed,
  placeOf: (path: readonly PropertyKey[]) => readonly PropertyKey[] = (path) => path,
): Map<string, string> {
  const errors = new Map<string, string>();
  for (const issue of parsed.success ? [] : parsed.error.issues.flatMap(innermost)) {
    const at = pointer(...placeOf(issue.path));
    if (!errors.has(at)) errors.set(at, messageOf(issue));
  }
  return errors;
}

/** The schema's own words; where it has none and zod speaks of types, ours. */
export function messageOf(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) return text.form.notNumber;
  if (issue.code === 'too_small' && issue.message.startsWith('Too small')) return text.form.atLeast(String(issue.minimum));
  if (issue.code === 'too_big' && issue.message.startsWith('Too big')) return text.form.atMost(String(issue.maximum));
  return issue.message;
}

/** The fields that a refusal of the manager names. */
export function errorsNamed({ extra: { errors } }: Fault): Map<string, string> {
  const named = Array.isArray(errors) ? errors : [];
  return new Map(
    named.flatMap((each: { path?: unknown; message?: unknown }) =>
      typeof each.path === 'string' ? [[each.path, String(each.message)]] : [],
    ),
  );
}

/** The JSON pointer (RFC 6901) of a field. */
export function pointer(...path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What was typed as a number; empty: left out; anything else is handed to the schema as it is, to be refused there. */
export function numberIn(typed: string): number | string | undefined {
  const trimmed = typed.trim();
  if (trimmed === '') return undefined;
  const value = Number(trimmed);
  return Number.isNaN(value) ? trimmed : value;
}
