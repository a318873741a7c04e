// The program's own files with their placeholders filled in, from what its container was made from.

import { replacePlaceholders, serverPlaceholder } from './placeholder.ts';
import type { FileEdit, FileValue, ServerSpec } from './server.ts';

/** @param env the container's variables, secrets opened; one that it does not have is empty */
export function resolvedFiles(files: readonly FileEdit[], spec: ServerSpec, env: Readonly<Record<string, string>>): FileEdit[] {
  const known = (name: string): string | null =>
    name.startsWith('env.') ? (env[name.slice('env.'.length)] ?? '') : serverPlaceholder(name, spec);
  const filled = (value: FileValue): FileValue => (typeof value === 'string' ? replacePlaceholders(value, known) : value);
  return files.map((file) => ({
    ...file,
    find: Object.fromEntries(
      Object.entries(file.find).map(([place, value]) => [
        place,
        value !== null && typeof value === 'object'
          ? Object.fromEntries(Object.entries(value).map(([now, next]) => [now, filled(next)]))
          : filled(value),
      ]),
    ),
  }));
}
