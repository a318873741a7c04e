// What every editor of the program's own files has in common: a text and what is to be set in it make another text. Pure.

import type { FileEdit, FileValue } from '@mainstay/core/server';
import { patternOf } from '@mainstay/wire/pattern';

/** What is to be set, by its place. */
export type Settings = FileEdit['find'];
export type Setting = Settings[string];

/** @throws EditTrouble when the text is not of its form */
export type Editor = (text: string, settings: Settings) => string;

/** The text cannot be edited: what is wrong with it, as the end of a sentence. */
export class EditTrouble extends Error {}

export const isCondition = (setting: Setting): setting is Readonly<Record<string, FileValue>> =>
  setting !== null && typeof setting === 'object';

const patternPrefix = 'regex:';

/**
 * What takes the place of a value.
 * @param now null: there is none
 * @returns undefined: it stays as it is
 */
export function nextValue(setting: Setting, now: string | null): FileValue | undefined {
  if (!isCondition(setting)) return setting;
  if (now === null) return undefined;
  for (const [condition, next] of Object.entries(setting)) {
    if (condition === now) return next;
    if (!condition.startsWith(patternPrefix)) continue;
    const pattern = patternOf(condition.slice(patternPrefix.length));
    if (pattern?.matches(now)) return pattern.replace(now, textOf(next));
  }
  return undefined;
}

/** A value as a text has it: on one line, so that nothing set by a player becomes a setting of its own. */
export const textOf = (value: FileValue): string => (value === null ? '' : String(value).replace(/[\r\n]+/g, ' '));

/** The lines of a text, each with what ends it. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** What ends the lines of a text. */
export const lineEndOf = (text: string): string => (/\r\n/.test(text) ? '\r\n' : '\n');

/** A line without what ends it, and that. */
export function cutLine(line: string): [content: string, end: string] {
  const content = line.replace(/\r?\n$/, '');
  return [content, line.slice(content.length)];
}
