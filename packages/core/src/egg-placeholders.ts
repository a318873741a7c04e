// What the panels write for a server's own (`server.build.default.port`, `env.NAME` and the names before those) in the words
// that are known here. What none is known for is noted.

import type { NoteCode, Noter } from './egg-notes.ts';
import { replacePlaceholders } from './placeholder.ts';

/** Variables that have another name here. */
type Renamed = ReadonlyMap<string, string>;

/** What the panel calls a server's own, in the words that are known here; null: nothing is. */
function meaningOf(name: string, renamed: Renamed): string | null {
  const env = /^(?:server\.(?:build\.env|environment)|env)\.(\w+)$/.exec(name)?.[1];
  if (env !== undefined) return `env.${renamed.get(env) ?? env}`;
  if (/^server\.(?:build|allocations)\.default\.port$/.test(name)) return 'server.port.game';
  if (/^server\.build\.memory(?:_limit)?$/.test(name)) return 'env.SERVER_MEMORY';
  if (name === 'server.uuid') return 'server.id';
  if (name === 'server.meta.name' || name === 'server.name') return 'server.name';
  return null;
}

const isDefaultIp = (name: string): boolean => /^server\.(?:build|allocations)\.default\.ip$/.test(name);

const inShell = (name: string): string => `\${${name}}`;

/** A startup is evaluated by the image's shell: `{{NAME}}` becomes the shell's own `${NAME}`. */
export function shellOf(command: string, renamed: Renamed, note: Noter): string {
  const text = replacePlaceholders(command, (name) => {
    if (isDefaultIp(name)) {
      note('address', 'startup', `{{${name}}}`);
      return '0.0.0.0';
    }
    const meaning = meaningOf(name, renamed);
    if (meaning === 'server.port.game') return inShell('SERVER_PORT');
    if (meaning === 'server.id') return inShell('P_SERVER_UUID');
    if (meaning?.startsWith('env.')) return inShell(meaning.slice('env.'.length));
    if (!/^\w+$/.test(name)) {
      note('placeholder', 'startup', `{{${name}}}`);
      return '';
    }
    return inShell(renamed.get(name) ?? name);
  });
  for (const [, name = ''] of text.matchAll(/\$\{?(P_SERVER_(?!UUID\b)\w+)/g)) note('environment', 'startup', name);
  return text;
}

/** @returns undefined when it holds what is not known here */
export function filledValue(text: string, renamed: Renamed, note: (code: NoteCode, value: string) => void): string | undefined {
  let unknown: string | null = null;
  const filled = replacePlaceholders(text, (name) => {
    if (isDefaultIp(name)) {
      note('address', `{{${name}}}`);
      return '0.0.0.0';
    }
    const meaning = meaningOf(name, renamed) ?? (/^\w+$/.test(name) ? `env.${renamed.get(name) ?? name}` : null);
    unknown ??= meaning === null ? name : null;
    return `{{${meaning ?? name}}}`;
  });
  if (unknown !== null) note('placeholder', `{{${unknown}}}`);
  return unknown === null ? filled : undefined;
}
