// Where a clone's data comes from: as its record remembers it until it has come, and as one operation is told to fetch it.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import type { ServerRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';

/** In a record: its data is still to be copied from there. */
export interface CopyOrigin {
  readonly from: ServerId;
  /** What that server was called. */
  readonly name: string;
  /** What becomes of it, should it run: it rests meanwhile, or is copied as it runs. */
  readonly source: 'stop' | 'live';
}

/** In an operation: what it copies, and how, by the state that it found the source in. */
export interface CopyOrder {
  readonly from: ServerId;
  readonly name: string;
  /** Whether it is to be stopped first. */
  readonly stop: boolean;
  /** Whether it may run meanwhile. */
  readonly live: boolean;
}

export function orderedCopy({ from, name, source: how }: CopyOrigin, source: Pick<ServerRow, 'state'>): CopyOrder {
  const runs = source.state === 'running';
  return { from, name, stop: runs && how === 'stop', live: runs && how === 'live' };
}

export const originOf = (row: Pick<ServerRow, 'copy_json'>): CopyOrigin | null =>
  row.copy_json === null ? null : (JSON.parse(row.copy_json) as CopyOrigin);

/** @throws Fault `data-missing` when the server that is to be copied is gone */
export async function sourceOf(reader: Reader, { from }: Pick<CopyOrigin, 'from'>): Promise<ServerRow> {
  const source = await reader.selectFrom('servers').selectAll().where('id', '=', from).executeTakeFirst();
  if (source) return source;
  throw new Fault(
    'data-missing',
    // Without its name: whoever sees this server need not see that one.
    'Its data is still to be copied from a server that is not there any more. Clone another server, or start this one with allowEmptyData to begin an empty world.',
  );
}
