// `json`, `yaml` and `toml`: values in a tree. Which places are set to what is worked out once for all three, on the tree as
// it is; each form then writes it with its comments and its order kept.

import { parse as parseToml, patch as patchToml } from '@decimalturn/toml-patch';
import type { FileValue } from '@mainstay/core/server';
import { applyEdits, modify, type ParseError, parse as parseJson, printParseErrorCode } from 'jsonc-parser';
import { isAlias, parseDocument } from 'yaml';
import { type Editor, EditTrouble, isCondition, nextValue, type Setting, type Settings } from './edit.ts';

type Path = (string | number)[];
interface Assignment {
  readonly path: Path;
  /** An object, always empty, takes the place of a null that something is to be set below. */
  readonly value: FileValue | Readonly<Record<string, never>>;
}

export const editJson: Editor = (text, settings) => {
  // Nothing is in it yet, which is as if it were not there.
  if (text.trim() === '') return text;
  const errors: ParseError[] = [];
  const tree: unknown = parseJson(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first) throw new EditTrouble(`it is not JSON: ${printParseErrorCode(first.error)} at character ${first.offset + 1}`);
  const indent = /^[ \t]+(?=")/m.exec(text)?.[0] ?? '    ';
  const formattingOptions = { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length, eol: /\r\n/.test(text) ? '\r\n' : '\n' };
  return assignments(tree, settings).reduce(
    (edited, { path, value }) => applyEdits(edited, modify(edited, path, value, { formattingOptions })),
    text,
  );
};

export const editYaml: Editor = (text, settings) => {
  const document = parseDocument(text, { maxAliasCount: 100 } as object);
  const [first] = document.errors;
  if (first) throw new EditTrouble(`it is not YAML: ${first.message.split('\n')[0]}`);
  const tree: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  const changes = assignments(tree, settings);
  if (changes.length === 0) return text;
  for (const { path, value } of changes) {
    const alias = path.findIndex((_, length) => isAlias(document.getIn(path.slice(0, length), true)));
    if (alias !== -1) throw new EditTrouble(`${path.slice(0, alias).join('.')} is an alias, and what it stands for is set elsewhere, too`);
    document.setIn(path, value !== null && typeof value === 'object' ? document.createNode(value) : value);
  }
  return document.toString({ lineWidth: 0 });
};

export const editToml: Editor = (text, settings) => {
  let tree: Record<string, unknown>;
  try {
    tree = parseToml(text) as Record<string, unknown>;
  } catch (error) {
    throw new EditTrouble(`it is not TOML: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
  }
  const changes = assignments(tree, settings);
  if (changes.length === 0) return text;
  for (const { path, value } of changes) setIn(tree, path, value);
  return patchToml(text, tree);
};

/** What of `settings` changes something, and where. A `*` stands for every entry there; what is not there is added. */
function assignments(tree: unknown, settings: Settings): Assignment[] {
  const assigned = Object.entries(settings).flatMap(([place, setting]) =>
    pathsOf(tree, place.split('.').map(unescaped), []).flatMap((path) => assignmentAt(tree, path, setting)),
  );
  const nulls = assigned.flatMap(({ path }) =>
    path.map((_, length) => path.slice(0, length)).filter((before) => before.length > 0 && valueAt(tree, before) === null),
  );
  const begun = new Map(nulls.map((path) => [path.join('\0'), { path, value: {} }]));
  return [...begun.values(), ...assigned];
}

const valueAt = (tree: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined | null)?.[key], tree);

/** As JSON pointers have it: `~1` stands for what parts the names. */
const unescaped = (part: string): string => part.replaceAll('~1', '.').replaceAll('~0', '~');

const unsafe: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function pathsOf(tree: unknown, parts: readonly string[], before: Path): Path[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [before];
  if (unsafe.has(part)) throw new EditTrouble(`“${part}” is no place in a file`);
  if (part === '*') {
    const entries = Array.isArray(tree) ? [...tree.entries()] : isTree(tree) ? Object.entries(tree) : [];
    return entries.flatMap(([key, child]): Path[] => pathsOf(child, rest, [...before, key]));
  }
  if (Array.isArray(tree) && /^\d+$/.test(part)) return pathsOf(tree[Number(part)], rest, [...before, Number(part)]);
  if (tree !== undefined && tree !== null && !isTree(tree)) {
    throw new EditTrouble(`${before.join('.') || 'its whole'} holds a value, and nothing below it can be set`);
  }
  return pathsOf(isTree(tree) ? tree[part] : undefined, rest, [...before, part]);
}

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);

function assignmentAt(tree: unknown, path: Path, setting: Setting): Assignment[] {
  const now = valueAt(tree, path);
  if (isCondition(setting) && (now === undefined || isTree(now) || Array.isArray(now))) return [];
  const next = nextValue(setting, now === undefined ? null : String(now));
  if (next === undefined) return [];
  const value = typed(next, now);
  return value === now ? [] : [{ path, value }];
}

/**
 * A value that was filled in is text. It takes the type of the value that it replaces; where there is none, whole numbers
 * and true and false are what they look like.
 */
function typed(value: FileValue, now: unknown): FileValue {
  if (typeof value !== 'string' || typeof now === 'string') return value;
  if (typeof now !== 'number' && (value === 'true' || value === 'false')) return value === 'true';
  if (typeof now === 'boolean' && (value === '1' || value === '0')) return value === '1';
  if (typeof now === 'boolean') return value;
  return String(Number(value)) === value ? Number(value) : value;
}

function setIn(tree: Record<string, unknown>, path: Path, value: Assignment['value']): void {
  const last = path.at(-1);
  if (last === undefined) return;
  let at = tree as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string | number, unknown>;
  }
  at[last] = value;
}
