// A template: a server's description with questions. What is asked are its variables; their answers stand where the
// description has `{{NAME}}`. Here is what it says and what must hold of it; `instantiate.ts` makes a server of it.

import { answerFault, contradictions, givenFor, type TemplateVariable } from './answers.ts';
import { onlyPlaceholder, placeholdersIn } from './placeholder.ts';
import type { WantedPort } from './ports.ts';
import type {
  ConsoleSettings,
  FieldFault,
  FileEdit,
  InstallStep,
  ReadyLine,
  RestartPolicy,
  Sandbox,
  StopSettings,
  Volume,
} from './server.ts';
import { fieldFaults } from './server.ts';

/** What a port is for. */
export const portRoles = ['game', 'query', 'rcon', 'web', 'voice', 'other'] as const;
export type PortRole = (typeof portRoles)[number];

export const templateProtocols = ['tcp', 'udp', 'tcp+udp'] as const;
export type TemplateProtocol = (typeof templateProtocols)[number];

export interface TemplatePort {
  readonly name: string;
  readonly role: PortRole;
  /** `tcp+udp`: both, on one number. */
  readonly protocol: TemplateProtocol;
  /** `host`: whatever it is on the host, for programs that tell the world their own number. */
  readonly containerPort: number | 'host';
}

/** How players and their number can be asked for. */
export const queryKinds = ['a2s', 'minecraft', 'bedrock', 'gamespy', 'quake3', 'teeworlds', 'http'] as const;
export type QueryKind = (typeof queryKinds)[number];

/** A server's description as a template has it: texts may hold placeholders, numbers may be one. */
export interface TemplateServer {
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[] | null;
  readonly ports: readonly TemplatePort[];
  readonly volumes: readonly Volume[];
  readonly limits: { readonly memoryMb: number | string | null; readonly cpus: number | string | null };
  readonly stop: StopSettings;
  readonly restart: RestartPolicy;
  readonly sandbox: Sandbox;
  readonly console: ConsoleSettings;
  readonly ready: ReadyLine | null;
  readonly install: InstallStep | null;
  readonly files: readonly FileEdit[];
  readonly query: { readonly kind: QueryKind; readonly port: string } | null;
}

export interface Template {
  readonly name: string;
  readonly description: string;
  /** Not everything in it was seen to work. */
  readonly experimental: boolean;
  readonly variables: readonly TemplateVariable[];
  readonly server: TemplateServer;
}

/**
 * The ports of a template as they are rules for: each protocol one, a number of the host's one of its own, below 0.
 * @param named host ports, by the template's ports
 */
export function portsOf(server: Pick<TemplateServer, 'ports'>, named: Readonly<Record<string, number>> = {}): WantedPort[] {
  return server.ports.flatMap(({ name, protocol, containerPort }, at): WantedPort[] => {
    const hostPort = givenFor(named, name);
    const numbers = { containerPort: containerPort === 'host' ? -1 - at : containerPort, ...(hostPort === undefined ? {} : { hostPort }) };
    if (protocol !== 'tcp+udp') return [{ name, protocol, ...numbers }];
    return [
      { name, protocol: 'tcp', ...numbers },
      { name: `${name}-udp`, protocol: 'udp', ...numbers },
    ];
  });
}

/**
 * What is wrong with a template beyond its shape: names twice, placeholders that stand for nothing, rules that no answer
 * could fit, defaults that its own rules refuse, or that would stand for other answers (and those perhaps for them).
 */
export function templateFaults(template: Template): FieldFault[] {
  const { variables, server } = template;
  const at = (...path: (string | number)[]) => ['server', ...path];
  const names = new Set(variables.map(({ name }) => name));
  const twice = variables.flatMap(({ name }, index) =>
    variables.findIndex((each) => each.name === name) < index
      ? [{ path: ['variables', index, 'name'], message: `Two variables are named “${name}”.` }]
      : [],
  );
  const contradicting = variables.flatMap((variable, index) =>
    contradictions(variable).map(({ path, message }) => ({ path: ['variables', index, ...path], message })),
  );
  const defaults = variables.flatMap((variable, index) => {
    if (variable.type === 'secret' || variable.default === null) return [];
    const named = placeholdersIn(String(variable.default)).find((name) => names.has(name));
    const message =
      named === undefined
        ? answerFault(variable, variable.default, null)
        : `A default is what it says: {{${named}}} cannot stand in it for another answer. Write it out, or put both where the server uses them.`;
    return message === null ? [] : [{ path: ['variables', index, 'default'], message }];
  });
  const dummy = fieldFaults({ ...server, ports: portsOf(server), tmpfs: server.sandbox.tmpfs }).map(({ path, message }) => ({
    path: at(...path),
    message,
  }));
  const long = server.ports.flatMap(({ name, protocol }, index) =>
    protocol === 'tcp+udp' && name.length > 28
      ? [{ path: at('ports', index, 'name'), message: 'At most 28 characters: its other half has -udp behind it.' }]
      : [],
  );
  const query =
    server.query !== null && !server.ports.some(({ name }) => name === server.query?.port)
      ? [{ path: at('query', 'port'), message: `There is no port named “${server.query.port}”.` }]
      : [];
  return [...twice, ...contradicting, ...defaults, ...dummy, ...long, ...query, ...placeholderFaults(template, names)];
}

function placeholderFaults({ variables, server }: Template, names: ReadonlySet<string>): FieldFault[] {
  const secrets = new Set(variables.flatMap(({ name, type }) => (type === 'secret' ? [name] : [])));
  const ports = new Set(portsOf(server).map(({ name }) => name));
  const known = (name: string, where: 'env' | 'text' | 'file'): string | null => {
    const [first = '', what, ...rest] = name.split('.');
    if (first === 'env' && what !== undefined) return where === 'file' ? null : `{{${name}}} can stand in files only.`;
    if (first === 'server') {
      if ((what === 'id' || what === 'name' || what === 'memory' || what === 'brace') && rest.length === 0) return null;
      if (what === 'hostPort' && where !== 'file') return `{{${name}}} can stand in files only.`;
      if ((what === 'port' || what === 'hostPort') && ports.has(rest.join('.'))) return null;
      return `There is no port for {{${name}}}.`;
    }
    if (!names.has(name)) return `There is no variable for {{${name}}}.`;
    return where !== 'env' && secrets.has(name) ? `{{${name}}} is a secret; it can stand in the environment only.` : null;
  };
  const inText = (text: string, where: 'env' | 'text' | 'file', ...path: (string | number)[]): FieldFault[] =>
    placeholdersIn(text).flatMap((name) => {
      const message = known(name, where);
      return message === null ? [] : [{ path: ['server', ...path], message }];
    });
  const asNumber = (value: number | string | null, field: string): FieldFault[] => {
    if (typeof value !== 'string') return [];
    const name = onlyPlaceholder(value);
    const variable = variables.find((each) => each.name === name);
    return variable?.type === 'number'
      ? []
      : [{ path: ['server', 'limits', field], message: 'A number, or {{NAME}} of a variable that is a number.' }];
  };
  return [
    ...inText(server.image, 'text', 'image'),
    ...Object.entries(server.env).flatMap(([name, value]) => inText(value, 'env', 'env', name)),
    ...(server.command ?? []).flatMap((part, index) => inText(part, 'text', 'command', index)),
    ...asNumber(server.limits.memoryMb, 'memoryMb'),
    ...asNumber(server.limits.cpus, 'cpus'),
    ...server.files.flatMap(({ find }, index) =>
      textsIn(find).flatMap(([place, text]) => inText(text, 'file', 'files', index, 'find', place)),
    ),
  ];
}

function textsIn(find: FileEdit['find']): [place: string, text: string][] {
  return Object.entries(find).flatMap(([place, value]) =>
    (value !== null && typeof value === 'object' ? Object.values(value) : [value]).flatMap((each): [string, string][] =>
      typeof each === 'string' ? [[place, each]] : [],
    ),
  );
}
