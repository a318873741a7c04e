// The program's own files with their placeholders filled in, from what its container was made from.

import { givenFor } from './answers.ts';
import { replacePlaceholders, type ServerFacts, serverPlaceholder } from './placeholder.ts';
import type { FileEdit, FileValue } from './server.ts';

/** @param env the container's variables, secrets opened; one that it does not have is empty */
export function resolvedFiles(files: readonly FileEdit[], facts: ServerFacts, env: Readonly<Record<string, string>>): FileEdit[] {
  const known = (name: string): string | null =>
    name.startsWith('env.') ? (givenFor(env, name.slice('env.'.length)) ?? '') : serverPlaceholder(name, facts);
  return files.map((file) => ({ ...file, find: withTexts(file.find, (text) => replacePlaceholders(text, known)) }));
}

/** The same settings with each text that is to be written made another. */
export function withTexts(find: FileEdit['find'], change: (text: string) => string): FileEdit['find'] {
  const changed = (value: FileValue): FileValue => (typeof value === 'string' ? change(value) : value);
  return Object.fromEntries(
    Object.entries(find).map(([place, value]) => [
      place,
      value !== null && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([now, next]) => [now, changed(next)]))
        : changed(value),
    ]),
  );
}
