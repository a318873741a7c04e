// Removing a host. One that has servers is refused, for they would be forgotten with it; forced, they are: the records
// go, and nothing on the host is touched, which may be gone for good.

import { Fault } from '@mainstay/core/fault';
import type { AgentId } from '@mainstay/core/id';
import { closeCodes } from '@mainstay/wire/link';
import type { World } from '../world.ts';
import { type Change, change } from './journal.ts';
import { endOperation, openOperationOf } from './operations.ts';
import { releaseSource } from './release-source.ts';

/** @param forced the host's name as the person typed it; null: not forced */
export async function removeAgent(world: World, who: string, id: AgentId, forced: string | null): Promise<void> {
  await change(world, async (under) => {
    const { writer, append } = under;
    const agent = await writer.selectFrom('agents').select('name').where('id', '=', id).executeTakeFirst();
    if (!agent) throw new Fault('not-found', 'There is no agent with this id.');
    if (forced !== null && forced !== agent.name) {
      throw new Fault('invalid-request', `To remove this host with its servers, confirmName must be its name, “${agent.name}”.`, {
        extra: { errors: [{ path: '/confirmName', message: `Type the host’s name: ${agent.name}` }] },
      });
    }
    await forgetServers(under, who, id, agent.name, forced !== null);
    await writer.deleteFrom('agents').where('id', '=', id).execute();
    await append({ agentId: id, cause: { by: 'person', who }, happening: { kind: 'agent-removed' } });
  });
  const member = world.fleet.member(id);
  if (member) {
    // From here on: neither heard nor asked, whenever its socket is gone.
    world.fleet.remove(member);
    member.close(closeCodes.revoked, 'revoked');
  }
  world.bus.publish({ topic: 'operations' });
}

async function forgetServers(under: Change, who: string, id: AgentId, host: string, forced: boolean): Promise<void> {
  const servers = await under.writer.selectFrom('servers').selectAll().where('agent_id', '=', id).execute();
  if (servers.length > 0 && !forced) {
    throw new Fault(
      'host-not-empty',
      `“${host}” still has ${servers.length === 1 ? 'a server' : `${servers.length} servers`} (deleted ones count until they are purged). Purge them first, or force it: then their records are forgotten, and what is on the host stays there.`,
      { extra: { servers: servers.length } },
    );
  }
  for (const server of servers) {
    const open = await openOperationOf(under.writer, server);
    if (open) await releaseSource(under, open);
    if (open) await endOperation(under, open, 'cancelled', `its host was removed by ${who}`);
    await under.writer.deleteFrom('servers').where('id', '=', server.id).execute();
    await under.append({ server, cause: { by: 'person', who }, happening: { kind: 'server-purged', dataRemoved: false } });
  }
}
