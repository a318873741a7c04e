// A server's record as the template that would make another like it: what is its own (name, host ports, secrets) is left
// open, everything else stands as it is.

import type { TemplateVariable } from '@mainstay/core/answers';
import type { ServerId } from '@mainstay/core/id';
import { placeholdersIn } from '@mainstay/core/placeholder';
import { isSealed, type ServerRecord } from '@mainstay/core/server';
import { type PortRole, portRoles, type TemplatePort } from '@mainstay/core/template';
import { invalid } from '@mainstay/wire/problem';
import { type TemplateBody, templateBody } from '@mainstay/wire/templates';
import { recordOf } from '../sql/rows.ts';
import { yamlOf } from '../template-text.ts';
import type { World } from '../world.ts';
import { readableServer } from './guards.ts';

/** @throws Fault `not-found` */
export async function serverAsTemplate(world: World, id: ServerId): Promise<{ template: TemplateBody; yaml: string }> {
  const row = await readableServer(world.store.db, id);
  const ports = await world.store.db.selectFrom('port_allocations').selectAll().where('server_id', '=', id).execute();
  const parsed = templateBody.safeParse(templateOf(recordOf(row, ports)));
  if (!parsed.success) throw invalid(parsed.error, 'server');
  return { template: parsed.data, yaml: yamlOf(parsed.data) };
}

function templateOf({ name, env, command, ports, retention: _retention, quota: _quota, ...record }: ServerRecord): unknown {
  const variables: TemplateVariable[] = [];
  const asked = { hint: null, required: true, advanced: false, minLength: null, maxLength: null, pattern: null, ignoreCase: false };
  const ask = (variable: TemplateVariable): string => {
    variables.push(variable);
    return `{{${variable.name}}}`;
  };
  /** What looks like a placeholder and is none becomes the default of a variable, which is taken as it is. */
  const literal = (text: string, called: string): string =>
    placeholdersIn(text).length === 0
      ? text
      : ask({ type: 'text', name: called.replace(/\W/g, '_'), label: called, ...asked, required: false, default: text });
  return {
    name,
    variables,
    server: {
      ...record,
      env: Object.fromEntries(
        Object.entries(env).map(([key, value]) => [
          key,
          isSealed(value) ? ask({ type: 'secret', name: key.replace(/\W/g, '_'), label: key, ...asked }) : literal(value, key),
        ]),
      ),
      command: command?.map((part, at) => literal(part, `ARGUMENT_${at + 1}`)) ?? null,
      ports: templatePorts(ports),
    },
  };
}

/** Two of one number, named as a template names them, are one port again. */
function templatePorts(ports: ServerRecord['ports']): TemplatePort[] {
  const twinOf = (port: ServerRecord['ports'][number]) =>
    ports.find(({ name, containerPort }) => name === `${port.name}-udp` && containerPort === port.containerPort);
  const twins = new Set(ports.flatMap((port) => twinOf(port)?.name ?? []));
  return ports
    .filter(({ name }) => !twins.has(name))
    .map((port) => ({
      name: port.name,
      role: roleOf(port.name),
      protocol: twinOf(port) ? 'tcp+udp' : port.protocol,
      containerPort: port.containerPort,
    }));
}

function roleOf(name: string): PortRole {
  return portRoles.find((role) => name.includes(role)) ?? 'other';
}
