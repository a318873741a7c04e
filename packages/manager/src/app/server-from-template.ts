// A server made from a template: the answers are checked, and what comes of them and of the host ports that it gets is
// recorded like any other server. The program may be told its ports, so that they are chosen before it is described.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import { type Instantiated, instantiate } from '@mainstay/core/instantiate';
import { portKey } from '@mainstay/core/ports';
import type { Port } from '@mainstay/core/server';
import { portsOf } from '@mainstay/core/template';
import type { Operation } from '@mainstay/wire/operations';
import { innermost, pointerOf } from '@mainstay/wire/problem';
import { type CreateServer, createServer as createServerShape } from '@mainstay/wire/servers';
import type { CreateFromTemplate, TemplateBody } from '@mainstay/wire/templates';
import { matches } from '../template-text.ts';
import type { World } from '../world.ts';
import { createWithPorts, type WantedPlace } from './create-server.ts';
import { refuseBadReady } from './guards.ts';
import type { Asker } from './operations.ts';
import { getTemplate } from './templates.ts';

/** @throws Fault `not-found`, `invalid-request` with the answer at fault, and whatever a creation is refused with */
export async function createFromTemplate(world: World, asker: Asker, id: string, wanted: CreateFromTemplate): Promise<Operation> {
  const { template, version } = await getTemplate(world, id, wanted.version);
  return createWithPorts(world, asker, placeOf(template, wanted), (own, ports) => described(template, wanted, own, ports), {
    id,
    version,
    name: template.name,
  });
}

/** Its ports with the numbers that somebody named, the rest open. */
function placeOf({ server }: TemplateBody, { name, agentId, ports: named }: CreateFromTemplate): WantedPlace {
  const ports = portsOf(server, named);
  // What is the same inside and out would meet another port that the program has inside.
  const inside = ports.filter(({ containerPort }) => containerPort > 0);
  const avoided = inside.length === ports.length ? [] : inside.map((port) => portKey({ ...port, hostPort: port.containerPort }));
  return { name, agentId, ports, avoided };
}

function described(template: TemplateBody, wanted: CreateFromTemplate, id: ServerId, chosen: readonly Port[]): CreateServer {
  const own = template.server.ports.flatMap(({ name }) => chosen.filter((port) => port.name === name));
  const ports = { ...wanted.ports, ...Object.fromEntries(own.map(({ name, hostPort }) => [name, hostPort])) };
  const made = instantiate(template, { id, name: wanted.name, answers: wanted.answers, ports }, matches);
  if (made.kind === 'wrong') throw refusal(made);
  const { agentId, start } = wanted;
  const request = createServerShape.safeParse({ ...made.server, start, ...(agentId === undefined ? {} : { agentId }) });
  if (!request.success) {
    const errors = request.error.issues.flatMap(innermost).map(({ path, message }) => ({ path: pointerOf(path), message }));
    throw new Fault('invalid-request', `With these answers the template makes no server: ${errors[0]?.path} ${errors[0]?.message}`, {
      extra: { errors },
    });
  }
  refuseBadReady(request.data.ready);
  return request.data;
}

function refusal({ faults }: Extract<Instantiated, { kind: 'wrong' }>): Fault {
  const errors = faults.map(({ path, message }) => ({ path: pointerOf(path), message }));
  return new Fault('invalid-request', `body${errors[0]?.path}: ${errors[0]?.message}`, { extra: { errors } });
}
