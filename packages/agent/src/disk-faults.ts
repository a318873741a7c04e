// What it means when the host's own disk refuses: full, read-only, failing. It is the world that fails there, and no bug of ours.

import { Fault } from '@mainstay/core/fault';
import { errorCode, messageOf } from './durable.ts';

const toDo: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on it, then try again.',
  EDQUOT: 'Raise the quota or make room, then try again.',
  EROFS: 'It is read-only: see why in the host’s kernel log, have it writable again, then try again.',
  EIO: 'It reports errors: see the host’s kernel log before anything else is written to it.',
};

/** null: it was something else. */
export function diskFault(error: unknown): Fault | null {
  const help = toDo[errorCode(error) ?? ''];
  return help === undefined
    ? null
    : new Fault('data-unwritable', `The host’s disk does not take it: ${messageOf(error)}. ${help}`, { cause: error });
}
