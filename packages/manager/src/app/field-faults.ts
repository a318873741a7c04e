// Refusals that point at the field they are about, as those of the schemas do.

import { Fault, type FaultCode } from '@mainstay/core/fault';
import type { Reader } from '../sql/store.ts';

/** @param path where the field stands in the body */
export function fieldFault(code: FaultCode, path: readonly (string | number)[], message: string): Fault {
  return new Fault(code, message, { extra: { errors: [{ path: `/${path.join('/')}`, message }] } });
}

/** @param own the one that is to be called so, when there is one already */
export async function refuseTaken(reader: Reader, table: 'channels' | 'rules', name: string, own: string | null): Promise<void> {
  const holder = await reader.selectFrom(table).select('id').where('name', '=', name).executeTakeFirst();
  if (holder && holder.id !== own)
    throw fieldFault('name-taken', ['name'], `Another ${table === 'rules' ? 'rule' : 'channel'} is called “${name}”.`);
}
