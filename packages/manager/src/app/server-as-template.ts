// A server's record as the template that would make another like it: what is its own (name, host ports, secrets) is left
// open, everything else stands as it is. What a record does not say, such as what a port is for, is taken from the template
// that the server was made from, as long as that is there.

import type { TemplateVariable } from '@mainstay/core/answers';
import { Fault } from '@mainstay/core/fault';
import { withTexts } from '@mainstay/core/file-edit';
import type { ServerId } from '@mainstay/core/id';
import { placeholdersIn, replacePlaceholders, serverPlaceholder, settlePlaceholders } from '@mainstay/core/placeholder';
import { isSealed, type ServerRecord } from '@mainstay/core/server';
import { type PortRole, portRoles, type TemplatePort } from '@mainstay/core/template';
import { invalid } from '@mainstay/wire/problem';
import { type TemplateBody, templateBody } from '@mainstay/wire/templates';
import { recordOf } from '../sql/rows.ts';
import type { ServerRow } from '../sql/schema.ts';
import { yamlOf } from '../template-text.ts';
import type { World } from '../world.ts';
import { readableServer } from './guards.ts';
import { getTemplate } from './templates.ts';

/** @throws Fault `not-found` */
export async function serverAsTemplate(world: World, id: ServerId): Promise<{ template: TemplateBody; yaml: string }> {
  const row = await readableServer(world.store.db, id);
  const ports = await world.store.db.selectFrom('port_allocations').selectAll().where('server_id', '=', id).execute();
  const parsed = templateBody.safeParse(templateOf(id, recordOf(row, ports), await originOf(world, row)));
  if (!parsed.success) throw invalid(parsed.error, 'server');
  return { template: parsed.data, yaml: yamlOf(parsed.data) };
}

type Origin = TemplateBody['server'] | null;

/** What it was made from; null: that is gone or cannot be read, or there was none. */
async function originOf(world: World, { template_json }: ServerRow): Promise<Origin> {
  if (template_json === null) return null;
  const { id, version } = JSON.parse(template_json) as { id: string; version: number };
  try {
    return (await getTemplate(world, id, version)).template.server;
  } catch (error) {
    if (error instanceof Fault && (error.code === 'not-found' || error.code === 'template-broken')) return null;
    throw error;
  }
}

function templateOf(
  id: ServerId,
  { name, env, command, ports, files, retention: _retention, quota: _quota, ...record }: ServerRecord,
  origin: Origin,
): unknown {
  const facts = { id, name, limits: record.limits, ports };
  const open = templatePorts({ ports, env }, origin);
  const told = new Map(open.map((port) => [String(ports.find((each) => each.name === port.name)?.containerPort), port.name]));
  /** The words of its template, where they come to the same today; else as it is, and nothing in it a placeholder but for its id. */
  const worded = (text: string, before: string | undefined): string => {
    const isSame =
      before !== undefined &&
      placeholdersIn(before).every((each) => each.startsWith('server.')) &&
      replacePlaceholders(before, (each) => serverPlaceholder(each, facts)) === text;
    return isSame ? before : settlePlaceholders(text, (each) => `{{${each}}}`).replaceAll(id, '{{server.id}}');
  };
  const variables: TemplateVariable[] = [];
  const askSecret = (key: string): string => {
    const label = key.slice(0, 120);
    const word = key.replace(/\W/g, '_').slice(0, 60);
    const taken = new Set(variables.map((variable) => variable.name));
    let own = word;
    for (let n = 2; taken.has(own); n += 1) own = `${word}_${n}`;
    variables.push({ type: 'secret', name: own, label, ...asked });
    return `{{${own}}}`;
  };
  const value = (key: string, text: string): string => {
    const port = isPortVariable(key) ? told.get(text) : undefined;
    return port === undefined ? worded(text, origin?.env[key]) : `{{server.port.${port}}}`;
  };
  const isKnown = (each: string) => each.startsWith('env.') || serverPlaceholder(each, facts) !== null;
  return {
    name,
    // Filled by what follows.
    variables,
    server: {
      ...record,
      env: Object.fromEntries(Object.entries(env).map(([key, now]) => [key, isSealed(now) ? askSecret(key) : value(key, now)])),
      command: command?.map((part, at) => worded(part, origin?.command?.[at])) ?? null,
      ports: open,
      files: files.map((file) => ({
        ...file,
        find: withTexts(file.find, (text) => settlePlaceholders(text, (each) => (isKnown(each) ? null : `{{${each}}}`))),
      })),
      query: origin?.query && open.some((port) => port.name === origin.query?.port) ? origin.query : null,
    },
  };
}

const asked = { hint: null, required: true, advanced: false, minLength: null, maxLength: null, pattern: null, ignoreCase: false };

const isPortVariable = (name: string): boolean => /PORT/i.test(name);

/** Two of one number, named as a template names them, are one port again. */
function templatePorts({ ports, env }: Pick<ServerRecord, 'ports' | 'env'>, origin: Origin): TemplatePort[] {
  const twinOf = (port: ServerRecord['ports'][number]) =>
    ports.find(({ name, containerPort }) => name === `${port.name}-udp` && containerPort === port.containerPort);
  const twins = new Set(ports.flatMap((port) => twinOf(port)?.name ?? []));
  const isTold = (port: number) => Object.entries(env).some(([name, value]) => isPortVariable(name) && value === String(port));
  return ports
    .filter(({ name }) => !twins.has(name))
    .map((port) => {
      const twin = twinOf(port);
      const before = origin?.ports.find(({ name }) => name === port.name);
      const isAlike = [port, ...(twin ? [twin] : [])].every(({ containerPort, hostPort }) => containerPort === hostPort);
      // A program that tells the world its number must be told another server's own.
      const follows = isAlike && (before ? before.containerPort === 'host' : isTold(port.containerPort));
      return {
        name: port.name,
        role: before?.role ?? roleOf(port.name),
        protocol: twin ? 'tcp+udp' : port.protocol,
        containerPort: follows ? 'host' : port.containerPort,
      };
    });
}

function roleOf(name: string): PortRole {
  return portRoles.find((role) => name.includes(role)) ?? 'other';
}
