// The server that a clone has copied from is given back: settled by what was seen of it meanwhile, and started again where it
// was stopped for the copy.

import type { OperationRow } from '../sql/schema.ts';
import type { Change } from './journal.ts';
import { tellLent } from './lent-source.ts';
import { settleAgain } from './observations.ts';
import { itself, noInput, openOperation } from './operations.ts';

/**
 * Gives the operation's source back: what was seen of it meanwhile settles it, and where it was stopped it is started, by an
 * ordinary operation that anybody can see. Nothing to do when that was done.
 */
export async function releaseSource(under: Change, row: OperationRow): Promise<void> {
  const { writer } = under;
  if (row.source_id === null) return;
  await writer.updateTable('operations').set({ source_id: null, source_rests: 0, source_stopped: 0 }).where('id', '=', row.id).execute();
  const source = await writer.selectFrom('servers').selectAll().where('id', '=', row.source_id).executeTakeFirst();
  if (!source) return;
  await tellLent(under, source, row, true);
  if (row.source_rests === 0) return;
  const state = await settleAgain(under, source);
  if (row.source_stopped === 0) return;
  // Its stopping may be under way still, unseen: then that is brought to its end first.
  const kind = source.state === 'running' ? 'restart' : state === 'stopped' ? 'start' : null;
  if (kind === null) return;
  const now = { ...source, state };
  await openOperation(under, now, kind, { ...noInput, from: state, intentBefore: source.intent }, itself(row.requested_by));
}
