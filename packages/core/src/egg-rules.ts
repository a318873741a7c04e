// The rules of an egg's variable, which are Laravel's, as a question of ours. What no question can say is noted.

import { type Answer, answerFault, answerMost, type Matcher, type TemplateVariable } from './answers.ts';

export interface EggVariable {
  readonly name: string;
  readonly description: string;
  /** The name that the environment has it under. */
  readonly env: string;
  readonly default: string;
  readonly viewable: boolean;
  readonly editable: boolean;
  readonly rules: readonly string[];
}

export interface RuledVariable {
  readonly variable: TemplateVariable;
  /** Rules that are not carried over, as they are written. */
  readonly lost: readonly string[];
  /** Rules that nobody can check: their pattern is none. */
  readonly broken: readonly string[];
  /** Why the default is not carried over: its own rules refuse it, or a secret has none; null: it is, or there is none. */
  readonly lostDefault: 'default' | 'secret-default' | null;
}

/** Rules in one text, parted by bars; one that is a pattern may hold bars itself. */
export function splitRules(text: string): string[] {
  const rules: string[] = [];
  let rest = text;
  while (rest !== '') {
    const pattern = /^(?:not_)?regex:(.)/s.exec(rest);
    const delimiter = pattern?.[1] ?? '';
    const from = pattern ? pattern[0].length : 0;
    // The delimiter that flags and then a bar, or the end, stand behind.
    const end = pattern
      ? [...rest.matchAll(/\|/g)].find(({ index }) => index > from && isClosed(rest.slice(from, index), delimiter))
      : null;
    const bar = pattern ? (end?.index ?? rest.length) : `${rest}|`.indexOf('|');
    const rule = rest.slice(0, bar).trim();
    if (rule !== '') rules.push(rule);
    rest = rest.slice(bar + 1);
  }
  return rules;
}

const closing: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']', '<': '>' };

function isClosed(body: string, delimiter: string): boolean {
  const end = body.replace(/[a-zA-Z]*$/, '');
  return end.endsWith(closing[delimiter] ?? delimiter) && !end.slice(0, -1).endsWith('\\');
}

/** The words of rules that say nothing here: what is asked is asked always, and every answer is text. */
const silent: ReadonlySet<string> = new Set(['required', 'nullable', 'sometimes', 'present', 'filled', 'bail', 'string']);

/** A rule that is a pattern, by its word. */
const patterns: Readonly<Record<string, string>> = {
  alpha: '^\\pL+$',
  alpha_num: '^[\\pL\\pN]+$',
  alpha_dash: '^[\\pL\\pN_-]+$',
  url: '^[a-zA-Z][a-zA-Z0-9+.-]*://\\S+$',
  active_url: '^[a-zA-Z][a-zA-Z0-9+.-]*://\\S+$',
  email: '^\\S+@\\S+$',
  ip: '^(?:\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$',
  ipv4: '^\\d{1,3}(?:\\.\\d{1,3}){3}$',
  ipv6: '^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$',
  lowercase: '^[^\\p{Lu}]*$',
  uppercase: '^[^\\p{Ll}]*$',
};

/** Beyond this many digits a number is text: it would lose its last ones. */
const digitsMost = 15;

/** What can be said of a pattern: RE2 has it, others have it, or nobody has. */
export type PatternKind = 'usable' | 'foreign' | 'broken';

export interface RulePatterns {
  readonly matches: NonNullable<Matcher>;
  readonly kindOf: (source: string) => PatternKind;
}

/** Names of what is nobody else's to know, whatever the egg ships as its default. */
const secretName = /PASSWORD|PASSWD|(?:PASS|PW|TOKEN|SECRET|GSLT|AUTH|KEY)$/i;
const secretLabel = /\b(?:password|token)$/i;

interface Rule {
  readonly written: string;
  readonly word: string;
  readonly args: string;
}

/** What the first rule says, by its words, of which `read` makes anything; that rule is then carried over. */
type First = <T>(words: readonly string[], read: (rule: Rule) => T | null) => T | null;

export function ruledVariable(egg: EggVariable, name: string, { matches, kindOf }: RulePatterns): RuledVariable {
  const rules = egg.rules.map(ruleOf);
  const kept = new Set(rules.filter(({ word }) => silent.has(word)));
  const has = (...words: string[]) => rules.some(({ word }) => words.includes(word));
  const keep = (...words: string[]) => {
    for (const rule of rules) if (words.includes(rule.word)) kept.add(rule);
  };
  const first: First = (words, read) => {
    for (const rule of rules) {
      const value = words.includes(rule.word) ? read(rule) : null;
      if (value === null) continue;
      kept.add(rule);
      return value;
    }
    return null;
  };
  const asked = {
    name,
    label: egg.name.trim().slice(0, 120) || name,
    hint: egg.description.replaceAll('\r\n', '\n').trim().slice(0, 1000) || null,
    required: has('required'),
    advanced: !egg.editable,
  };
  const finished = (variable: TemplateVariable, initial: Answer | null): RuledVariable => {
    const unused = rules.filter((rule) => !kept.has(rule));
    const isBroken = ({ word, args }: Rule) => word === 'regex' && brokenPattern(args, kindOf);
    const said = {
      lost: unused.filter((rule) => !isBroken(rule)).map(({ written }) => written),
      broken: unused.filter(isBroken).map(({ written }) => written),
    };
    if (variable.type === 'secret') return { ...said, variable, lostDefault: egg.default === '' ? null : 'secret-default' };
    if (initial === null) return { ...said, variable, lostDefault: egg.default === '' ? null : 'default' };
    if (answerFault(variable, initial, matches) !== null) return { ...said, variable, lostDefault: 'default' };
    return { ...said, variable: { ...variable, default: initial } as TemplateVariable, lostDefault: null };
  };

  const values = first(['in'], ({ args }) => {
    const listed = [...new Set(listOf(args))].filter((value) => value !== '');
    return listed.length === 0 ? null : listed;
  });
  if (values !== null) {
    keep('boolean', 'bool', 'integer', 'int', 'numeric', 'alpha_dash', 'alpha_num', 'max', 'min', 'between');
    const variable = { type: 'choice' as const, ...asked, default: null, options: values.map((value) => ({ value, label: null })) };
    return finished(variable, egg.default === '' ? null : egg.default);
  }

  if (has('boolean', 'bool')) {
    keep('boolean', 'bool', 'integer', 'int', 'numeric');
    const words = /^(?:true|false)$/i.test(egg.default) ? { on: 'true', off: 'false' } : { on: '1', off: '0' };
    const initial = /^(?:1|true)$/i.test(egg.default) ? true : /^(?:0|false)?$/i.test(egg.default) ? false : null;
    return finished({ type: 'boolean', ...asked, default: null, ...words }, initial);
  }

  const digits = digitsOf(first);
  const isWhole = has('integer', 'int') || digits !== null;
  const isNumber = isWhole || has('numeric', 'decimal');
  const isSecret = secretName.test(name) || secretLabel.test(asked.label);
  if (isNumber && !isSecret && !isRewritten(egg.default) && (digits?.most ?? 0) <= digitsMost) {
    keep('integer', 'int', 'numeric');
    const { least, most } = boundsOf(first, numberOf, numberOf);
    const min = least ?? (digits === null ? null : digits.fewest <= 1 ? 0 : 10 ** (digits.fewest - 1));
    const max = most ?? (digits === null ? null : 10 ** digits.most - 1);
    const initial = egg.default.trim() === '' || Number.isNaN(Number(egg.default)) ? null : Number(egg.default);
    return finished({ type: 'number', ...asked, default: null, min, max, integer: isWhole }, initial);
  }

  const pattern =
    first(['regex', ...Object.keys(patterns)], ({ word, args }) => {
      const own = word === 'regex' ? sourceOf(args) : { source: patterns[word] ?? '', ignoreCase: false };
      return own !== null && kindOf(own.source) === 'usable' ? own : null;
    }) ?? (isNumber ? { source: digits ? `^\\d{${digits.fewest},${digits.most}}$` : '^-?\\d+(?:\\.\\d+)?$', ignoreCase: false } : null);
  if (isNumber) keep('integer', 'int', 'numeric');
  const size = first(['size'], ({ args }) => lengthOf(args));
  // The bounds of a number are no lengths.
  const { least, most } = isNumber ? { least: null, most: null } : boundsOf(first, lengthOf, mostLengthOf);
  const text = {
    ...asked,
    minLength: (size ?? least) || null,
    maxLength: size ?? (most === answerMost ? null : most),
    pattern: pattern?.source ?? null,
    ignoreCase: pattern?.ignoreCase ?? false,
  };
  if (isSecret) return finished({ type: 'secret', ...text }, null);
  return finished({ type: 'text', ...text, default: null }, egg.default === '' ? null : egg.default);
}

function ruleOf(written: string): Rule {
  const colon = written.indexOf(':');
  return colon === -1 ? { written, word: written, args: '' } : { written, word: written.slice(0, colon), args: written.slice(colon + 1) };
}

/** Values by commas, as CSV has them: one that holds a comma stands in quotes. */
function listOf(args: string): string[] {
  return [...`${args},`.matchAll(/\s*(?:"((?:[^"]|"")*)"\s*|([^,]*)),/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain.trim(),
  );
}

const numberOf = (text: string): number | null => (text.trim() === '' || !Number.isFinite(Number(text)) ? null : Number(text));

function lengthOf(text: string): number | null {
  const bound = numberOf(text);
  return bound === null || bound < 0 || bound > answerMost ? null : Math.floor(bound);
}

/** No answer is longer than that anyway. */
function mostLengthOf(text: string): number | null {
  const bound = numberOf(text);
  return bound !== null && bound > answerMost ? answerMost : lengthOf(text);
}

/** Whether a number would be written otherwise than it stands: `1.0`, `007`, or one with more digits than it keeps. */
function isRewritten(written: string): boolean {
  const number = numberOf(written);
  return number !== null && String(number) !== written.trim();
}

interface Bounds {
  readonly least: number | null;
  readonly most: number | null;
}

function boundsOf(first: First, leastOf: (text: string) => number | null, mostOf: (text: string) => number | null): Bounds {
  const both = first(['between'], ({ args }) => {
    const [from = '', to = ''] = args.split(',');
    const [least, most] = [leastOf(from), mostOf(to)];
    return least === null || most === null ? null : { least, most };
  });
  return {
    least: first(['min', 'gte'], ({ args }) => leastOf(args)) ?? both?.least ?? null,
    most: first(['max', 'lte'], ({ args }) => mostOf(args)) ?? both?.most ?? null,
  };
}

/** More than RE2 counts. */
const countMost = 1000;

function digitsOf(first: First): { readonly fewest: number; readonly most: number } | null {
  const count = (text: string) => {
    const number = numberOf(text);
    return number !== null && Number.isInteger(number) && number >= 0 && number <= countMost ? number : null;
  };
  const exact = first(['digits'], ({ args }) => count(args));
  if (exact !== null) return { fewest: exact, most: exact };
  const between = first(['digits_between'], ({ args }) => {
    const [fewest, most] = args.split(',').map(count);
    return fewest == null || most == null ? null : { fewest, most };
  });
  if (between !== null) return between;
  const most = first(['max_digits'], ({ args }) => count(args));
  const fewest = first(['min_digits'], ({ args }) => (most === null ? null : count(args)));
  return most === null ? null : { fewest: fewest ?? 0, most };
}

/** A PHP pattern, `/…/i`, as its source; null when it has flags that change more than the case. */
function sourceOf(written: string): { readonly source: string; readonly ignoreCase: boolean } | null {
  const delimiter = written[0] ?? '';
  const end = written.lastIndexOf(closing[delimiter] ?? delimiter);
  const flags = written.slice(end + 1);
  if (end <= 0 || !/^[iuD]*$/.test(flags)) return null;
  const source = written.slice(1, end).replaceAll(`\\${delimiter}`, /[/#~%!@;,]/.test(delimiter) ? delimiter : `\\${delimiter}`);
  return { source, ignoreCase: flags.includes('i') };
}

/** A pattern without an end, or one that no engine takes. */
function brokenPattern(written: string, kindOf: RulePatterns['kindOf']): boolean {
  const delimiter = written[0] ?? '';
  if (written.lastIndexOf(closing[delimiter] ?? delimiter) <= 0) return true;
  const own = sourceOf(written);
  return own !== null && kindOf(own.source) === 'broken';
}
