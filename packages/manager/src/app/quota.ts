// A soft quota: what goes beyond it is told of, and never cut off.

import { overQuota, quotaBytes } from '@mainstay/core/disk';
import { Fault } from '@mainstay/core/fault';
import type { Cause } from '@mainstay/wire/events';
import { quotaOf } from '../sql/rows.ts';
import type { ServerRow } from '../sql/schema.ts';
import type { Change } from './journal.ts';

/**
 * Holds a server's size against its quota, where one of them changed.
 * @returns whether it is over now and was not before, or the other way round
 */
export async function judgeQuota({ writer, append }: Change, row: ServerRow, by: Cause): Promise<boolean> {
  const quota = quotaOf(row);
  const over = overQuota(quota, row.data_bytes);
  if (over === (row.over_quota === 1)) return false;
  await writer
    .updateTable('servers')
    .set({ over_quota: over ? 1 : 0 })
    .where('id', '=', row.id)
    .execute();
  const limit = quota === null ? null : quotaBytes(quota);
  await append({ server: row, cause: by, happening: { kind: 'server-quota', over, bytes: row.data_bytes ?? 0, quotaBytes: limit } });
  return true;
}

/** A start of what is over its quota, where its owner wants none. @throws Fault `quota-exceeded` */
export function refuseOverQuota(row: ServerRow): void {
  const quota = quotaOf(row);
  if (!quota?.refuseStarts || !overQuota(quota, row.data_bytes)) return;
  throw new Fault(
    'quota-exceeded',
    'Its data takes more than its quota, and starts are refused meanwhile. Remove data, or raise the quota.',
    {
      extra: { dataBytes: row.data_bytes, quotaBytes: quotaBytes(quota) },
    },
  );
}
