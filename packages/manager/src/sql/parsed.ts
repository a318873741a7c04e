// JSON columns, parsed: most rows say the same in most of them (no limits, no files, the usual sandbox), and a short text that was
// parsed lately is not parsed again. What comes out is shared, and frozen for it.

/** Longer texts are a server's own. */
const longest = 400;
/** Texts remembered. Enough for what servers have in common; when there are more, the oldest go. */
const most = 2_000;

const known = new Map<string, unknown>();

/** @returns what the caller says that the column holds @throws SyntaxError; what a column of ours holds is JSON */
export function parsed<T>(text: string): T {
  if (text.length > longest) return JSON.parse(text);
  const before = known.get(text);
  if (before !== undefined) return before as T;
  const value = frozen(JSON.parse(text));
  known.set(text, value);
  if (known.size > most) known.delete(known.keys().next().value ?? '');
  return value as T;
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
