// Patterns that somebody else wrote, matched against text that somebody else typed: RE2's syntax and its promise, time that
// grows with the length of the text and nothing worse. It has no look-around and no back-references. Not for a page's
// first load: the library is large.

import type { PatternKind } from '@mainstay/core/egg-rules';
import { RE2JS, RE2JSSyntaxException } from 're2js';

export interface Pattern {
  /** Whether a part of the text matches. */
  readonly matches: (text: string) => boolean;
  /** The text with every match replaced; `$1` is a group. */
  readonly replace: (text: string, replacement: string) => string;
}

/** What is said of a pattern that cannot be used. */
export const notRe2 = 'Not a pattern as RE2 has them: no look-around, no back-references.';

/** @returns null when it is not a pattern of this kind */
export function patternOf(source: string, ignoreCase = false): Pattern | null {
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    return {
      matches: (text) => compiled.matcher(text).find(),
      replace: (text, replacement) => compiled.matcher(text).replaceAll(replacement),
    };
  } catch {
    return null;
  }
}

/** What is wrong with a pattern in every engine; all else that RE2 refuses is somebody's, such as look-around. */
const broken = /^(?:missing closing|unexpected \)|missing argument|trailing backslash)/;

export function patternKind(source: string): PatternKind {
  try {
    RE2JS.compile(RE2JS.translateRegExp(source));
    return 'usable';
  } catch (error) {
    return error instanceof RE2JSSyntaxException && broken.test(error.getDescription()) ? 'broken' : 'foreign';
  }
}
