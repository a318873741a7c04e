// A host's own settings: what it is called, and whether it takes new servers.

import { Fault } from '@mainstay/core/fault';
import type { AgentId } from '@mainstay/core/id';
import type { Agent } from '@mainstay/wire/agents';
import type { World } from '../world.ts';
import { change } from './journal.ts';
import { getAgent } from './views.ts';

/** Changes what is given. Draining moves nothing: the servers that a host has stay there. */
export async function configureAgent(
  world: World,
  who: string,
  id: AgentId,
  wanted: { readonly name?: string | undefined; readonly draining?: boolean | undefined },
): Promise<Agent> {
  await change(world, async ({ writer, append }) => {
    const agent = await writer.selectFrom('agents').select(['name', 'draining']).where('id', '=', id).executeTakeFirst();
    if (!agent) throw new Fault('not-found', 'There is no agent with this id.');
    const name = wanted.name ?? agent.name;
    const draining = wanted.draining ?? agent.draining === 1;
    if (name === agent.name && draining === (agent.draining === 1)) return;
    const holder = await writer.selectFrom('agents').select('id').where('name', '=', name).where('id', '!=', id).executeTakeFirst();
    if (holder) {
      throw new Fault('name-taken', `Another host is called “${name}”.`, {
        extra: { errors: [{ path: '/name', message: `Another host is called “${name}”.` }] },
      });
    }
    await writer
      .updateTable('agents')
      .set({ name, draining: draining ? 1 : 0 })
      .where('id', '=', id)
      .execute();
    await append({ agentId: id, cause: { by: 'person', who }, happening: { kind: 'agent-configured', name, draining } });
  });
  return getAgent(world, id);
}
