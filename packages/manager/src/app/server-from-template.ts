// A server made from a template: the answers are checked, the ports that the program is told of are chosen first, and what
// comes of both is asked for like any other server.

import type { Access } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import { type Instantiated, instantiate } from '@mainstay/core/instantiate';
import { portsOf } from '@mainstay/core/template';
import type { Operation } from '@mainstay/wire/operations';
import { innermost, pointerOf } from '@mainstay/wire/problem';
import { createServer as createServerShape } from '@mainstay/wire/servers';
import type { CreateFromTemplate, TemplateBody } from '@mainstay/wire/templates';
import { matches } from '../template-text.ts';
import type { World } from '../world.ts';
import { chooseAgent, createServer } from './create-server.ts';
import { allocated, portsHeld } from './hold-ports.ts';
import type { Asker } from './operations.ts';
import { getTemplate } from './templates.ts';

/** @throws Fault `not-found`, `invalid-request` with the answer at fault, and whatever a creation is refused with */
export async function createFromTemplate(world: World, asker: Asker, id: string, wanted: CreateFromTemplate): Promise<Operation> {
  const { template, version } = await getTemplate(world, id, wanted.version);
  const ports = { ...(await chosenPorts(world, asker.access, template, wanted)), ...wanted.ports };
  const made = instantiate(template, { name: wanted.name, answers: wanted.answers, ports }, matches);
  if (made.kind === 'wrong') throw refusal(made);
  const { agentId, start } = wanted;
  const request = createServerShape.safeParse({ ...made.server, start, ...(agentId === undefined ? {} : { agentId }) });
  if (!request.success) {
    const errors = request.error.issues.flatMap(innermost).map(({ path, message }) => ({ path: pointerOf(path), message }));
    throw new Fault('invalid-request', `With these answers the template makes no server: ${errors[0]?.path} ${errors[0]?.message}`, {
      extra: { errors },
    });
  }
  return createServer(world, asker, request.data, { id, version, name: template.name });
}

function refusal({ faults }: Extract<Instantiated, { kind: 'wrong' }>): Fault {
  const errors = faults.map(({ path, message }) => ({ path: pointerOf(path), message }));
  return new Fault('invalid-request', `body${errors[0]?.path}: ${errors[0]?.message}`, { extra: { errors } });
}

/** Host ports for what has the same number inside, where nobody named one. */
async function chosenPorts(
  world: World,
  access: Access,
  template: TemplateBody,
  wanted: CreateFromTemplate,
): Promise<Record<string, number>> {
  const open = template.server.ports.filter(({ name, containerPort }) => containerPort === 'host' && wanted.ports[name] === undefined);
  if (open.length === 0) return {};
  const agent = await chooseAgent(world.store.db, access, wanted.agentId);
  const asked = portsOf({ ports: open });
  const ports = await allocated(world.store.db, agent, asked, await portsHeld(world, agent.id, asked));
  return Object.fromEntries(open.map(({ name }) => [name, ports.find((port) => port.name === name)?.hostPort ?? 0]));
}
