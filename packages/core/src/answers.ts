// Questions and their answers: what a template's variable takes, and what is wrong with an answer. The same for the page
// while one types, for the API, and for the defaults that a template itself gives.

import type { FieldFault } from './server.ts';

interface Asked {
  /** Also what stands for it: `{{NAME}}`. */
  readonly name: string;
  readonly label: string;
  readonly hint: string | null;
  readonly required: boolean;
  /** Few need to change it: it is asked for out of the way. */
  readonly advanced: boolean;
}

interface Length {
  readonly minLength: number | null;
  readonly maxLength: number | null;
  /** RE2: it must match a part of the text; `^` and `$` make that the whole. */
  readonly pattern: string | null;
  readonly ignoreCase: boolean;
}

export interface TextVariable extends Asked, Length {
  readonly type: 'text';
  readonly default: string | null;
}
/** Sealed once it is answered; it has no default. */
export interface SecretVariable extends Asked, Length {
  readonly type: 'secret';
}
export interface NumberVariable extends Asked {
  readonly type: 'number';
  readonly default: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly integer: boolean;
}
export interface BooleanVariable extends Asked {
  readonly type: 'boolean';
  readonly default: boolean | null;
  /** What stands for yes, and for no. */
  readonly on: string;
  readonly off: string;
}
export interface ChoiceVariable extends Asked {
  readonly type: 'choice';
  readonly default: string | null;
  readonly options: readonly { readonly value: string; readonly label: string | null }[];
}

export type TemplateVariable = TextVariable | SecretVariable | NumberVariable | BooleanVariable | ChoiceVariable;

export const variableTypes = ['text', 'secret', 'number', 'boolean', 'choice'] as const satisfies readonly TemplateVariable['type'][];

export type Answer = string | number | boolean;

/** Whether a text matches a pattern; null: patterns cannot be looked at here, whoever sends it is told later. */
export type Matcher = ((pattern: string, ignoreCase: boolean, text: string) => boolean) | null;

/** The longest text that an answer may be. */
export const answerMost = 4096;

/** What is wrong with an answer; null: nothing. An empty one is left out, which is for `required` to judge. */
export function answerFault(variable: TemplateVariable, answer: Answer, matches: Matcher): string | null {
  switch (variable.type) {
    case 'text':
    case 'secret':
      return typeof answer === 'string' ? textFault(variable, answer, matches) : 'A text.';
    case 'number':
      return numberFault(variable, answer);
    case 'boolean':
      return typeof answer === 'boolean' ? null : 'Yes or no: true or false.';
    case 'choice':
      return variable.options.some(({ value }) => value === answer) ? null : 'One of the options.';
  }
}

function textFault({ minLength, maxLength, pattern, ignoreCase }: Length, text: string, matches: Matcher): string | null {
  if (/\0/.test(text)) return 'No NUL character is possible here.';
  if (minLength !== null && text.length < minLength) return `At least ${minLength} characters.`;
  const most = Math.min(maxLength ?? answerMost, answerMost);
  if (text.length > most) return `At most ${most} characters.`;
  if (pattern !== null && matches !== null && !matches(pattern, ignoreCase, text)) return `It must fit ${pattern}`;
  return null;
}

function numberFault({ min, max, integer }: NumberVariable, answer: Answer): string | null {
  if (typeof answer !== 'number' || !Number.isFinite(answer)) return 'Write a number.';
  if (integer && !Number.isInteger(answer)) return 'A whole number.';
  if (min !== null && answer < min) return `At least ${min}.`;
  if (max !== null && answer > max) return `At most ${max}.`;
  return null;
}

/** What a variable says against itself, so that no answer could be right, or one be two. */
export function contradictions(variable: TemplateVariable): FieldFault[] {
  switch (variable.type) {
    case 'text':
    case 'secret':
      return crossed(variable, 'minLength', 'maxLength');
    case 'number':
      return crossed(variable, 'min', 'max');
    case 'boolean':
      return [];
    case 'choice':
      return variable.options.flatMap(({ value }, at) =>
        variable.options.findIndex((each) => each.value === value) < at
          ? [{ path: ['options', at, 'value'], message: `Two options are “${value}”.` }]
          : [],
      );
  }
}

function crossed<Bound extends string>(of: Readonly<Record<Bound, number | null>>, least: Bound, most: Bound): FieldFault[] {
  if (of[least] === null || of[most] === null || of[least] <= of[most]) return [];
  return [{ path: [most], message: `It is below ${least}, which is ${of[least]}: no answer fits both.` }];
}

/** An answer as the description has it. */
export function answerText(variable: TemplateVariable, answer: Answer): string {
  if (variable.type === 'boolean') return answer === true ? variable.on : variable.off;
  return String(answer);
}

/** What was given for a name; a name that every object has, such as `constructor`, is given when somebody gives it. */
export function givenFor<T>(all: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

/** The answer that counts: the one that was given, else the default; null: there is none. */
export function answerOf(variable: TemplateVariable, given: Answer | null | undefined): Answer | null {
  if (given !== undefined && given !== null && given !== '') return given;
  return variable.type === 'secret' ? null : variable.default;
}
