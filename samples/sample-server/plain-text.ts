// Words from outside, made fit for use: for one line of a log or a player's screen, and as a verb with the rest.
// No control characters pass (they could forge lines or drive a terminal), and nothing longer than asked.

/** The words on one line, trimmed, at most `longest` characters. */
export function plainText(words: string, longest: number): string {
  return words
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, longest);
}

/** "build  a tower" as its first word and the rest; both empty for an empty line. */
export function firstWord(line: string): { verb: string; rest: string } {
  const words = line.trim();
  const space = words.search(/\s/);
  if (space === -1) return { verb: words, rest: '' };
  return { verb: words.slice(0, space), rest: words.slice(space).trim() };
}
