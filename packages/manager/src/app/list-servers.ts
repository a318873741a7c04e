// The list of servers: searched, filtered, page by page.

import { type Access, reaches } from '@mainstay/core/access';
import type { AgentId } from '@mainstay/core/id';
import { type State, states } from '@mainstay/core/lifecycle';
import type { Server, ServerQuery } from '@mainstay/wire/servers';
import { sql } from 'kysely';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import { withinReach } from './access.ts';
import { Sight } from './sight.ts';
import { showServers } from './views.ts';

/** The servers of a host and a search that may be seen, whatever their state. */
export function matchingServers(reader: Reader, access: Access, { agentId, q }: Pick<ServerQuery, 'agentId' | 'q'>) {
  const pattern = q === undefined ? undefined : `%${q.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  return reader
    .selectFrom('servers')
    .where(withinReach(reaches(access, 'see')))
    .$if(agentId !== undefined, (find) => find.where('agent_id', '=', agentId as AgentId))
    .$if(pattern !== undefined, (find) =>
      find.where(sql<boolean>`(name like ${pattern} escape '\\' or image like ${pattern} escape '\\')`),
    );
}

/** A page of servers by name, and how many are in each state. */
export async function listServers(
  world: World,
  access: Access,
  query: ServerQuery,
): Promise<{ items: Server[]; nextCursor: string | null; counts: Partial<Record<State, number>> }> {
  const matching = matchingServers(world.store.db, access, query);
  const counted = await matching
    .select(['state', (e) => e.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  const rows = await matching
    .selectAll()
    .$if(query.state !== undefined, (find) => find.where('state', '=', query.state as State))
    .$if(!query.includeDeleted && query.state !== 'deleted', (find) => find.where('state', '!=', 'deleted'))
    .$if(query.cursor !== undefined, (find) => find.where('name', '>', fromCursor(query.cursor ?? '')))
    .orderBy('name')
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const sight = await Sight.of(world.store.db, access);
  const last = page.at(-1);
  return {
    items: (await showServers(world, page)).map((server) => sight.server(server)),
    nextCursor: rows.length > query.limit && last ? Buffer.from(last.name).toString('base64url') : null,
    counts: Object.fromEntries(
      states.flatMap((state) => counted.filter((row) => row.state === state).map((row) => [state, Number(row.count)])),
    ),
  };
}

function fromCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
}
