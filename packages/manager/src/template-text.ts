// Templates as text: YAML that people write and read, and eggs of either panel. What comes in is anybody's: it is bounded,
// has no tags, anchors or aliases, and each fault is told with its line and column.

import { answerFault, type TemplateVariable, variableTypes } from '@mainstay/core/answers';
import { canonical } from '@mainstay/core/drift';
import { templateOfEgg } from '@mainstay/core/egg';
import { type Note, notes } from '@mainstay/core/egg-notes';
import { Fault } from '@mainstay/core/fault';
import type { FieldFault } from '@mainstay/core/server';
import type { Template } from '@mainstay/core/template';
import { egg, eggVersions, looksLikeEgg } from '@mainstay/wire/egg';
import { notRe2, patternKind, patternOf } from '@mainstay/wire/pattern';
import { type Issue, innermost, pointerOf } from '@mainstay/wire/problem';
import { imageReference } from '@mainstay/wire/record';
import {
  type ReadAnswer,
  type TemplateBody,
  type TemplateBodyInput,
  templateBody,
  templateFormat,
  templateVariable,
} from '@mainstay/wire/templates';
import { type Document, isAlias, isCollection, isNode, isPair, LineCounter, parseDocument, stringify, visit } from 'yaml';
import type { z } from 'zod';

/**
 * Reads a template of ours, or an egg.
 * @throws Fault `invalid-request` with every error's place
 */
export function readTemplateText(text: string): ReadAnswer {
  const source = readYaml(text);
  const value: unknown = source.document.toJS({ maxAliasCount: 0 });
  if (!looksLikeEgg(value)) {
    if (!looksLikeTemplate(value)) throw refused([{ path: '/text', message: neither, line: 1, column: 1 }]);
    const template = fitting(templateBody, withoutVersion(value), source);
    refuseBadPatterns(template, source);
    return { format: 'mainstay', template, yaml: yamlOf(template), notes: [] };
  }
  const { template: made, notes: noted, faults } = templateOfEgg(fitting(egg, value, source), patterns);
  if (faults.length > 0) throw refused(faults.map((fault) => errorAt(fault, source)));
  const parsed = templateBody.safeParse({ ...made, format: templateFormat });
  if (!parsed.success) throw cannotBeMade(parsed.error, made, source);
  return { format: 'egg', template: parsed.data, yaml: yamlOf(parsed.data), notes: noted.map(told) };
}

const neither = `This is neither a template of Mainstay (with name and server; docs/templates.md) nor an egg (${eggVersions.join(', ')}).`;

function looksLikeTemplate(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ['format', 'name', 'server', 'variables'].some((key) => Object.hasOwn(value, key));
}

/** What the files that come with Mainstay say of themselves: whoever copies one has a template of theirs, with versions of its own. */
function withoutVersion(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const { version: _version, ...template } = value as { readonly version?: unknown };
  return template;
}

const patterns = {
  matches: (pattern: string, ignoreCase: boolean, text: string) => patternOf(pattern, ignoreCase)?.matches(text) ?? true,
  kindOf: patternKind,
  isImage: (reference: string) => imageReference.safeParse(reference).success,
};

/** What decides whether a text fits a variable's pattern, for whoever checks answers. */
export const { matches } = patterns;

const told = (each: Note) => ({ ...each, value: each.value.slice(0, 1000), detail: notes[each.code](each.value.slice(0, 1000)) });

/** Which field of an egg becomes which of a template, the longest first. */
const eggFields: readonly (readonly [field: string, eggField: readonly string[]])[] = [
  ['server.install.image', ['scripts', 'installation', 'container']],
  ['server.install.entrypoint', ['scripts', 'installation', 'entrypoint']],
  ['server.install', ['scripts', 'installation', 'script']],
  ['server.image', ['docker_images']],
  ['server.env.STARTUP', ['startup']],
  ['server.console', ['config', 'stop']],
  ['server.ready', ['config', 'startup']],
  ['server.files', ['config', 'files']],
  ['name', ['name']],
];

/** What makes no template, told where it stands in the egg. */
function cannotBeMade(error: z.ZodError, { variables }: Template, source: Source): Fault {
  const read: unknown = source.document.toJS({ maxAliasCount: 0 });
  const written = (read as { readonly variables?: readonly { readonly env_variable?: unknown }[] | null }).variables ?? [];
  const errors = error.issues.flatMap(innermost).map(({ path, message }) => {
    const field = path.join('.');
    const name = path[0] === 'variables' ? variables[Number(path[1])]?.name : undefined;
    const at = written.findIndex(({ env_variable }) => env_variable === name || `SERVER_${env_variable}` === name);
    const place = at === -1 ? eggFields.find(([own]) => field === own || field.startsWith(`${own}.`))?.[1] : ['variables', at];
    return errorAt({ path: place ?? [], message: `It makes no template: ${message}` }, source);
  });
  return refused(errors);
}

interface Source {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

function readYaml(text: string): Source {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false, prettyErrors: false, schema: 'core' });
    const [first] = [...document.errors, ...document.warnings];
    if (first) throw refused([{ path: '/text', message: firstLine(first.message), ...placeAt(lines, first.pos[0]) }]);
    visit(document, {
      Alias: (_, { range }) => {
        throw refused([
          { path: '/text', message: 'Anchors and aliases are not taken here: write it out.', ...placeAt(lines, range?.[0] ?? 0) },
        ]);
      },
      Node: (_, node) => {
        if (node.tag === undefined || isAlias(node)) return;
        throw refused([{ path: '/text', message: `The tag ${node.tag} is not taken here.`, ...placeAt(lines, node.range?.[0] ?? 0) }]);
      },
    });
    return { document, lines };
  } catch (error) {
    if (error instanceof Fault) throw error;
    // The reader is called by itself for what lies within; so deep a text is none of ours.
    throw refused([{ path: '/text', message: 'It cannot be read: it is nested too deeply.', line: 1, column: 1 }]);
  }
}

const firstLine = (message: string): string => message.split('\n')[0] ?? message;

function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

type TextError = Place & { readonly path: string; readonly message: string };

function refused(errors: readonly TextError[]): Fault {
  const [first] = errors;
  const where = first ? `line ${first.line}, column ${first.column}: ${first.message}` : 'not valid';
  return new Fault('invalid-request', `The text is no template: ${where}`, { extra: { errors } });
}

function fitting<T extends z.ZodType>(shape: T, value: unknown, source: Source): z.output<T> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refused(parsed.error.issues.flatMap(innermost).flatMap((issue) => errorsOf(issue, source)));
}

/** A key that is not known stands where it is written, everything else where the value does, or should. */
function errorsOf(issue: Issue, source: Source): TextError[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: pointerOf(issue.path), message: issue.message, ...placeOf(source, issue.path, false) }];
  }
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    return { path: pointerOf(path), message: `There is no field “${key}” here.`, ...placeOf(source, path, true) };
  });
}

const errorAt = ({ path, message }: FieldFault, source: Source): TextError => ({
  path: pointerOf(path),
  message,
  ...placeOf(source, path, false),
});

function placeOf({ document, lines }: Source, path: readonly PropertyKey[], key: boolean): Place {
  for (let length = path.length; length >= 0; length -= 1) {
    const parent = length === 0 ? null : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const pair = isCollection(parent) ? parent.items.find((item) => isPair(item) && String(item.key) === String(last)) : undefined;
    const node =
      isPair(pair) && (key || !isNode(pair.value))
        ? pair.key
        : length === 0
          ? document.contents
          : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return placeAt(lines, node.range[0]);
  }
  return { line: 1, column: 1 };
}

/** Patterns that RE2 does not know: it is asked here, for the shape alone cannot. */
function refuseBadPatterns(template: TemplateBody, source: Source): void {
  const errors = badPatterns(template).map((fault) => errorAt(fault, source));
  if (errors.length > 0) throw refused(errors);
}

/** The patterns of a template that cannot be used, and the defaults that its own refuse, each with its place. */
export function badPatterns({ variables, server }: TemplateBody): { path: (string | number)[]; message: string }[] {
  const message = notRe2;
  const bad = (pattern: string | null) => pattern !== null && patternOf(pattern) === null;
  return [
    ...variables.flatMap((variable, at) => {
      if (!('pattern' in variable)) return [];
      if (bad(variable.pattern)) return [{ path: ['variables', at, 'pattern'], message }];
      const refusal = variable.type === 'text' && variable.default !== null ? answerFault(variable, variable.default, matches) : null;
      return refusal === null ? [] : [{ path: ['variables', at, 'default'], message: refusal }];
    }),
    ...(server.ready?.regex && bad(server.ready.line) ? [{ path: ['server', 'ready', 'line'], message }] : []),
  ];
}

/** A template as it is written: what it says beyond what holds anyway. */
export function yamlOf(template: TemplateBody): string {
  return stringify(sparse(template), { lineWidth: 120, singleQuote: true, blockQuote: 'literal' });
}

const plain = templateBody.parse({ name: 'x', server: { image: 'x' } });

function sparse(template: TemplateBody): TemplateBodyInput {
  const { format, variables, server, ...head } = template;
  const asked = variables.map((variable) => {
    const said = without(variable, plainVariables[variable.type]);
    return variable.type === 'choice' ? { ...said, options: variable.options.map((option) => without(option, { label: null })) } : said;
  });
  const { sandbox, limits, console, ready, files, ...rest } = without(server, plain.server);
  return {
    format,
    ...without(head, plain),
    ...(asked.length === 0 ? {} : { variables: asked }),
    server: {
      ...rest,
      ...(limits && { limits: without(limits, plain.server.limits) }),
      ...(sandbox && { sandbox: without(sandbox, plain.server.sandbox) }),
      ...(console && { console: without(console, { stopCommand: null }) }),
      ...(ready && { ready: without(ready, { regex: false }) }),
      ...(files && { files: files.map((file) => without(file, { create: true })) }),
    },
  } as TemplateBodyInput;
}

/** What holds of a variable that says no more than what it must. */
const plainVariables = Object.fromEntries(
  variableTypes.map((type) => {
    const {
      name: _name,
      label: _label,
      type: _type,
      ...rest
    } = templateVariable.parse({ type, name: 'X', label: 'x', ...(type === 'choice' ? { options: [{ value: '' }] } : {}) });
    return [type, rest as object];
  }),
) as Record<TemplateVariable['type'], object>;

function without<T extends object>(value: T, defaults: object): Partial<T> {
  const usual = defaults as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(value).filter(([key, each]) => !Object.hasOwn(usual, key) || canonical(each) !== canonical(usual[key])),
  ) as Partial<T>;
}
