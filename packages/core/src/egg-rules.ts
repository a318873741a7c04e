// The rules of an egg's variable, which are Laravel's, as a question of ours. What no question can say is noted.

import { type Answer, answerFault, answerMost, type Matcher, type TemplateVariable } from './answers.ts';

export interface EggVariable {
  readonly name: string;
  readonly description: string;
  /** The name that the environment has it under. */
  readonly env: string;
  readonly default: string;
  readonly editable: boolean;
  readonly rules: readonly string[];
}

export interface RuledVariable {
  readonly variable: TemplateVariable;
  /** Rules that are not carried over, as they are written. */
  readonly lost: readonly string[];
  /** The default is not carried over: its own rules refuse it. */
  readonly badDefault: boolean;
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

/** @param matches looks whether patterns can be used, and whether they fit the default */
export function ruledVariable(
  egg: EggVariable,
  name: string,
  matches: NonNullable<Matcher>,
  isPattern: (source: string) => boolean,
): RuledVariable {
  const rules = egg.rules.map((written) => {
    const colon = written.indexOf(':');
    return colon === -1 ? { written, word: written, args: '' } : { written, word: written.slice(0, colon), args: written.slice(colon + 1) };
  });
  const argsOf = (word: string) => rules.find((rule) => rule.word === word)?.args;
  const has = (...words: string[]) => rules.some(({ word }) => words.includes(word));
  const asked = {
    name,
    label: egg.name.trim().slice(0, 120) || name,
    hint: egg.description.replaceAll('\r\n', '\n').trim().slice(0, 1000) || null,
    required: has('required'),
    advanced: !egg.editable,
  };
  const used = new Set<string>(silent);
  const use = <T>(words: readonly string[], value: T): T => {
    for (const word of words) used.add(word);
    return value;
  };
  const finished = (variable: TemplateVariable, initial: Answer | null): RuledVariable => {
    const fits = initial === null || answerFault(variable, initial, matches) === null;
    const kept = variable.type === 'secret' ? variable : ({ ...variable, default: fits ? initial : null } as TemplateVariable);
    const lost = rules.filter(({ word }) => !used.has(word)).map(({ written }) => written);
    return { variable: kept, lost, badDefault: egg.default !== '' && (!fits || initial === null) };
  };

  const options = argsOf('in');
  if (options !== undefined) {
    use(['in', 'boolean', 'integer', 'int', 'numeric', 'alpha_dash', 'alpha_num', 'max', 'min', 'between'], null);
    const values = [...new Set(options.split(',').map((value) => value.trim().replace(/^"(.*)"$/, '$1')))].filter((value) => value !== '');
    if (values.length > 0) {
      const variable = { type: 'choice' as const, ...asked, default: null, options: values.map((value) => ({ value, label: null })) };
      return finished(variable, egg.default === '' ? null : egg.default);
    }
  }

  if (has('boolean', 'bool')) {
    use(['boolean', 'bool', 'integer', 'int', 'numeric'], null);
    const words = /^(?:true|false)$/i.test(egg.default) ? { on: 'true', off: 'false' } : { on: '1', off: '0' };
    const initial = /^(?:1|true)$/i.test(egg.default) ? true : /^(?:0|false)?$/i.test(egg.default) ? false : null;
    return finished({ type: 'boolean', ...asked, default: null, ...words }, initial);
  }

  const [least, most] = boundsOf(argsOf, use);
  const digits = digitsOf(argsOf, use);
  const isWhole = has('integer', 'int') || digits !== null;
  const long = egg.default.length > digitsMost || (digits?.[1] ?? 0) > digitsMost || /^0\d/.test(egg.default);
  if ((isWhole || has('numeric', 'decimal')) && !long) {
    use(['integer', 'int', 'numeric'], null);
    const initial = egg.default.trim() === '' || Number.isNaN(Number(egg.default)) ? null : Number(egg.default);
    const [fewest, largest] = digits ?? [null, null];
    const min = least ?? (fewest === null ? null : fewest <= 1 ? 0 : 10 ** (fewest - 1));
    const max = most ?? (largest === null ? null : 10 ** largest - 1);
    return finished({ type: 'number', ...asked, default: null, min, max, integer: isWhole }, initial);
  }

  const [own, ...others] = rules.flatMap(({ word, args, written }) => {
    const source = word === 'regex' ? sourceOf(args) : { source: patterns[word], ignoreCase: false };
    if (word === 'regex' && (source === null || !isPattern(source.source ?? ''))) return [];
    return source?.source === undefined ? [] : [{ ...source, source: source.source, word, written }];
  });
  const number =
    isWhole || has('numeric') ? use(['integer', 'int', 'numeric'], { source: '^-?\\d+(?:\\.\\d+)?$', ignoreCase: false }) : null;
  const pattern = own ?? number;
  if (own) used.add(own.word);
  for (const other of others) if (other.word === own?.word) used.delete(other.word);
  const asLength = (bound: number | null) => (bound === null || bound < 0 || bound > answerMost ? null : Math.floor(bound));
  const size = argsOf('size');
  if (size !== undefined) use(['size'], null);
  const text = {
    ...asked,
    minLength: asLength(size === undefined ? least : Number(size)) || null,
    maxLength: asLength(size === undefined ? most : Number(size)),
    pattern: pattern?.source ?? null,
    ignoreCase: pattern?.ignoreCase ?? false,
  };
  if (egg.default === '' && /(?:PASS|PASSWORD|PASSWD|TOKEN|SECRET|API_?KEY)$/i.test(name))
    return finished({ type: 'secret', ...text }, null);
  return finished({ type: 'text', ...text, default: null }, egg.default === '' ? null : egg.default);
}

type Use = <T>(words: readonly string[], value: T) => T;

function boundsOf(argsOf: (word: string) => string | undefined, use: Use): [least: number | null, most: number | null] {
  const number = (text: string | undefined) =>
    text === undefined || text.trim() === '' || Number.isNaN(Number(text)) ? null : Number(text);
  const [from, to] = argsOf('between')?.split(',') ?? [];
  return use(
    ['min', 'max', 'between', 'gte', 'lte'],
    [number(argsOf('min')) ?? number(argsOf('gte')) ?? number(from), number(argsOf('max')) ?? number(argsOf('lte')) ?? number(to)],
  );
}

function digitsOf(argsOf: (word: string) => string | undefined, use: Use): [fewest: number, most: number] | null {
  const exact = argsOf('digits');
  const [from = '', to = ''] = argsOf('digits_between')?.split(',') ?? [];
  const fewest = Number(exact ?? argsOf('min_digits') ?? from);
  const most = Number(exact ?? argsOf('max_digits') ?? to);
  if (!(most > 0)) return null;
  return use(['digits', 'digits_between', 'min_digits', 'max_digits'], [Number.isNaN(fewest) ? 0 : fewest, most]);
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
