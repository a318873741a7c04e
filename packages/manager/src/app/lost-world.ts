// The world guard, asked before a start is even recorded, so that the person hears of it at once. What it cannot find
// out now the start's own first step does.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import type { ServerRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { originOf } from './copy-order.ts';
import { permitted } from './guards.ts';
import { change } from './journal.ts';
import { noteData } from './observations.ts';

/** How long a start waits to be told about the data before it leaves the question to its own first step. */
const guardTimeoutMs = 5_000;

/** The world guard, asked before a start is even recorded, so that the person hears of it at once. */
export async function refuseLostWorld(world: World, who: string, id: ServerId, allowEmptyData: boolean): Promise<void> {
  const server = await permitted(world.store.db, id, 'start');
  if (server.applied_json === null) return;
  await refuseLost(world, who, server, allowEmptyData);
}

/** The same of a server whose data is to be copied: what is gone makes no clone. */
export async function refuseLostSource(world: World, who: string, source: ServerRow): Promise<void> {
  if (originOf(source) !== null) {
    throw new Fault(
      'data-missing',
      `The data of “${source.name}” has not come whole itself. Start that server first, or clone its settings only.`,
    );
  }
  await refuseLost(world, who, source, false);
}

async function refuseLost(world: World, who: string, server: ServerRow, allowEmptyData: boolean): Promise<void> {
  const { id } = server;
  if (!world.fleet.online(server.agent_id)) {
    if (server.data_exists === 'no' && !allowEmptyData) throw lostWorld(server, null);
    return;
  }
  try {
    const { servers } = await world.fleet.ask(server.agent_id, 'server.checkdata', { serverIds: [id] }, { timeoutMs: guardTimeoutMs });
    const checked = servers.find((each) => each.serverId === id);
    if (checked) await change(world, (under) => noteData(under, server, checked.data, { by: 'person', who }));
    const refusal = checked?.refusal;
    if (refusal && !(refusal.code === 'data-missing' && allowEmptyData)) throw lostWorld(server, refusal);
  } catch (error) {
    if (error instanceof Fault && (error.code === 'data-missing' || error.code === 'data-foreign')) throw error;
    world.log.info({ server: id, error }, 'the data could not be looked at before the start; its first step will');
  }
}

function lostWorld(server: ServerRow, refusal: { code: 'data-missing' | 'data-foreign'; detail: string } | null): Fault {
  const detail = refusal?.detail ?? `The data of “${server.name}” was gone when its host was last heard.`;
  const advice = refusal?.code === 'data-foreign' ? '' : ' Bring it back, or start with allowEmptyData to begin an empty world.';
  return new Fault(refusal?.code ?? 'data-missing', detail + advice, { extra: { serverId: server.id } });
}
