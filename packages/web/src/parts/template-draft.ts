// A server from a template while its answers are typed. What is right about them is decided by the core and by the API's
// own schema; what is wrong is told by JSON pointer, as the API tells it.

import type { Answer, Matcher, TemplateVariable } from '@mainstay/core/answers';
import type { Fault } from '@mainstay/core/fault';
import { answerFaults, instantiate } from '@mainstay/core/instantiate';
import { portsOf } from '@mainstay/core/template';
import type { contract, RequestOf } from '@mainstay/wire/contract';
import { createFromTemplate, type TemplateBody } from '@mainstay/wire/templates';
import { type Draft, emptyDraft, errorsOfFault, type PortRow, rowKey } from './draft.ts';
import { type Checked, errorsOfParsed, type FieldErrors, numberIn, pointer } from './field-errors.ts';

/** What is typed of a variable: a text, or (boolean) a tick; nothing: its default counts. */
type Typed = string | boolean;

export interface TemplateDraft {
  readonly name: string;
  readonly agentId: string;
  readonly answers: Readonly<Record<string, Typed>>;
  /** Host ports by the template's ports; empty: the manager chooses. */
  readonly ports: Readonly<Record<string, string>>;
  readonly start: boolean;
}

export type FromTemplateBody = RequestOf<typeof contract.createFromTemplate>['body'];

/** What a variable's field shows at first. */
export function shownDefault(variable: TemplateVariable): Typed {
  if (variable.type === 'boolean') return variable.default ?? false;
  return variable.type === 'secret' || variable.default === null ? '' : String(variable.default);
}

export function beginDraft({ variables, server }: TemplateBody, agentId: string): TemplateDraft {
  return {
    name: '',
    agentId,
    answers: Object.fromEntries(variables.map((variable) => [variable.name, shownDefault(variable)])),
    ports: Object.fromEntries(server.ports.map(({ name }) => [name, ''])),
    start: true,
  };
}

/** A box that is not ticked says no where no is the default, and nothing where there is none: who must agree has not yet. */
function answerIn(variable: TemplateVariable, typed: Typed | undefined): Answer | null {
  if (variable.type === 'boolean') return typed === true ? true : variable.default === null ? null : false;
  if (typeof typed !== 'string' || typed === '') return null;
  return variable.type === 'number' ? (numberIn(typed) ?? null) : typed;
}

function answersOf({ variables }: TemplateBody, { answers }: TemplateDraft): Record<string, Answer | null> {
  return Object.fromEntries(variables.map((variable) => [variable.name, answerIn(variable, answers[variable.name])]));
}

const portsIn = ({ ports }: TemplateDraft): Record<string, number | string> =>
  Object.fromEntries(
    Object.entries(ports).flatMap(([name, typed]) => {
      const port = numberIn(typed);
      return port === undefined ? [] : [[name, port]];
    }),
  );

/** @param matches null while patterns cannot be looked at yet: the manager then does */
export function checkFromTemplate(
  template: TemplateBody,
  draft: TemplateDraft,
  version: number,
  matches: Matcher,
): Checked<FromTemplateBody> {
  const body = {
    name: draft.name.trim(),
    version,
    answers: answersOf(template, draft),
    ports: portsIn(draft),
    start: draft.start,
    ...(draft.agentId === '' ? {} : { agentId: draft.agentId }),
  };
  const errors = errorsOfParsed(createFromTemplate.safeParse(body));
  for (const { path, message } of answerFaults(template.variables, body.answers, matches)) errors.set(pointer(...path), message);
  return errors.size > 0 ? { kind: 'wrong', errors } : { kind: 'right', body: body as FromTemplateBody };
}

/** Which fields a refusal is about: of a port that is taken, the template's own. */
export function errorsOfTemplateFault(template: TemplateBody) {
  return (fault: Fault, draft: TemplateDraft): FieldErrors => {
    const { port, protocol } = fault.extra;
    if (fault.code !== 'port-taken') return errorsOfFault(fault, { ports: [] });
    const row = portRows(template, draft).find((each) => each.hostPort === String(port) && each.protocol === protocol);
    return row ? new Map([[pointer('ports', row.of), fault.detail]]) : new Map();
  };
}

/** A port of the server that will be, and the template's port that it comes of. */
export type TemplatePortRow = PortRow & { readonly of: string };

export function portRows({ server }: TemplateBody, { ports }: TemplateDraft): TemplatePortRow[] {
  return server.ports.flatMap((port, at) =>
    portsOf({ ports: [port] }).map(({ name, protocol, containerPort }): TemplatePortRow => {
      const hostPort = ports[port.name] ?? '';
      const inside = port.containerPort === 'host' ? hostPort : String(containerPort);
      // Both protocols of one port are a pair: they are given one number.
      return { key: at + 1, of: port.name, name, protocol, containerPort: inside, hostPort };
    }),
  );
}

/**
 * What will be made, as a description of a server, for whoever looks it over before; null while answers are wrong.
 * @param likely the host ports that its rows would most likely be given
 */
export function reviewOf(template: TemplateBody, draft: TemplateDraft, likely: readonly (number | null)[]): Draft | null {
  const named = Object.fromEntries(
    template.server.ports.flatMap(({ name, containerPort }) => (containerPort === 'host' ? [[name, 1]] : [])),
  );
  const made = instantiate(template, { id: '', name: draft.name, answers: answersOf(template, draft), ports: named }, null);
  if (made.kind === 'wrong') return null;
  const { image, volumes, limits, restart } = made.server;
  return {
    ...emptyDraft,
    name: draft.name,
    agentId: draft.agentId,
    image,
    ports: portRows(template, draft).map((row, at) =>
      row.containerPort === '' ? { ...row, containerPort: String(likely[at] ?? '') } : row,
    ),
    volumes: volumes.map((volume) => ({ key: rowKey(), ...volume })),
    memoryMb: limits.memoryMb === null ? '' : String(limits.memoryMb),
    cpus: limits.cpus === null ? '' : String(limits.cpus),
    restart,
    start: draft.start,
  };
}
