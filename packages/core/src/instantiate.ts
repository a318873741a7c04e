// From a template and answers to the server that they make: pure. Either all of it is right, or each fault stands beside
// what it is about.

import { type Answer, answerFault, answerOf, answerText, givenFor, type Matcher, type TemplateVariable } from './answers.ts';
import { withTexts } from './file-edit.ts';
import {
  onlyPlaceholder,
  placeholdersIn,
  replacePlaceholders,
  type ServerFacts,
  serverPlaceholder,
  settlePlaceholders,
} from './placeholder.ts';
import type { WantedPort } from './ports.ts';
import type { FieldFault, Limits, ServerRecord } from './server.ts';
import { portsOf, type Template } from './template.ts';

/** What somebody wants of a template. */
export interface Wish {
  /** What the server is to be known by, whatever it is called. */
  readonly id: string;
  readonly name: string;
  /** By the variables' names; one that is left out has its default. */
  readonly answers: Readonly<Record<string, Answer | null>>;
  /** Host ports by the ports' names; one that is left out is chosen by the manager. */
  readonly ports: Readonly<Record<string, number>>;
}

/** A server as it is asked for: its record with ports still open and secrets still plain. */
export interface MadeServer extends Omit<ServerRecord, 'env' | 'ports' | 'retention' | 'quota'> {
  readonly env: Readonly<Record<string, string | { readonly secret: string }>>;
  readonly ports: readonly WantedPort[];
}

export type Instantiated =
  | { readonly kind: 'right'; readonly server: MadeServer }
  | { readonly kind: 'wrong'; readonly faults: readonly FieldFault[] };

/** @param matches looks at patterns; see `Matcher` */
export function instantiate(template: Template, wish: Wish, matches: Matcher): Instantiated {
  const faults = [...answerFaults(template.variables, wish.answers, matches), ...portFaults(template, wish)];
  if (faults.length > 0) return { kind: 'wrong', faults };
  return { kind: 'right', server: made(template, wish) };
}

/** What is wrong with answers, each beside its variable. */
export function answerFaults(variables: readonly TemplateVariable[], answers: Wish['answers'], matches: Matcher): FieldFault[] {
  const known = new Set(variables.map(({ name }) => name));
  const unknown = Object.keys(answers).filter((name) => !known.has(name));
  return [
    ...unknown.map((name) => ({ path: ['answers', name], message: 'The template has no such variable.' })),
    ...variables.flatMap((variable) => {
      const answer = answerOf(variable, givenFor(answers, variable.name));
      if (answer === null && !variable.required) return [];
      const message = answer === null ? 'It needs a value.' : answerFault(variable, answer, matches);
      return message === null ? [] : [{ path: ['answers', variable.name], message }];
    }),
  ];
}

function portFaults({ server }: Template, { ports }: Wish): FieldFault[] {
  const unknown = Object.keys(ports).filter((name) => !server.ports.some((port) => port.name === name));
  const open = server.ports.filter(({ name, containerPort }) => containerPort === 'host' && givenFor(ports, name) === undefined);
  return [
    ...unknown.map((name) => ({ path: ['ports', name], message: 'The template has no such port.' })),
    ...open.map(({ name }) => ({ path: ['ports', name], message: 'Choose a port of the host: the program is told of it.' })),
  ];
}

function made({ variables, server }: Template, { id, name, answers, ports }: Wish): MadeServer {
  const values = new Map(variables.map((variable) => [variable.name, valueFor(variable, givenFor(answers, variable.name))]));
  const wanted = portsOf(server, ports).map((port) => (port.containerPort < 0 ? { ...port, containerPort: port.hostPort ?? 0 } : port));
  const limits = {
    memoryMb: numberOf(server.limits.memoryMb, values),
    cpus: numberOf(server.limits.cpus, values),
  };
  const facts: ServerFacts = { id, name, limits, ports: wanted };
  const filled = (text: string) => replacePlaceholders(text, (each) => values.get(each)?.text ?? serverPlaceholder(each, facts));
  const { query: _query, ...rest } = server;
  return {
    ...rest,
    name,
    image: filled(server.image),
    env: environment(server.env, variables, values, filled),
    command: server.command?.map(filled) ?? null,
    ports: wanted,
    limits,
    // What only the running server has stays as it is written, to be filled in before each start.
    files: server.files.map((file) => ({
      ...file,
      find: withTexts(file.find, (text) => settlePlaceholders(text, (each) => values.get(each)?.text ?? null)),
    })),
  };
}

/** What stands for a variable; `empty`: nobody gave it a value. */
interface Value {
  readonly text: string;
  readonly empty: boolean;
}

function valueFor(variable: TemplateVariable, given: Answer | null | undefined): Value {
  const answer = answerOf(variable, given);
  return answer === null ? { text: '', empty: true } : { text: answerText(variable, answer), empty: false };
}

function numberOf(value: number | string | null, values: ReadonlyMap<string, Value>): Limits['memoryMb'] {
  if (typeof value !== 'string') return value;
  const answer = values.get(onlyPlaceholder(value) ?? '');
  return answer === undefined || answer.empty ? null : Number(answer.text);
}

/** A variable that nothing else stands beside, and that nobody gave a value, is not set at all: the image has its own. */
function environment(
  env: Readonly<Record<string, string>>,
  variables: readonly TemplateVariable[],
  values: ReadonlyMap<string, Value>,
  filled: (text: string) => string,
): MadeServer['env'] {
  const secrets = new Set(variables.flatMap(({ name, type }) => (type === 'secret' ? [name] : [])));
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, written]): [string, string | { secret: string }][] => {
      const only = onlyPlaceholder(written);
      if (only !== null && values.get(only)?.empty) return [];
      const text = filled(written);
      const isSecret = text !== '' && placeholdersIn(written).some((each) => secrets.has(each));
      return [[name, isSecret ? { secret: text } : text]];
    }),
  );
}
