// `mainstay secrets rotate`: another key for all secrets, beside a manager that is stopped: a running one goes on sealing with
// the key that it has.

import { rotateKey } from '@mainstay/manager/app/rotate-key';
import { managerConfig } from '@mainstay/manager/config';
import { withStore } from './credentials.ts';
import { holdLock } from './lock.ts';
import { home, shipped } from './place.ts';

export async function rotate({ lost = false }: { lost?: boolean }): Promise<void> {
  const { directory, secretKeys: given } = managerConfig(process.env, home, shipped);
  holdLock(directory, 'manager', 'Stop it first: a running manager goes on sealing with the key that it has.');
  const next = process.env['MAINSTAY_SECRET_KEY_NEXT'] || undefined;
  const { sealedAnew, unopened } = await withStore((store) => rotateKey(store, { directory, given, next, lost }));
  const lines = [
    `Secrets sealed with a new key: ${sealedAnew}.`,
    ...(unopened === 0 ? [] : [`Not to be opened with any key that is here, to be typed anew: ${unopened}.`]),
    given
      ? 'Start the manager with MAINSTAY_SECRET_KEY set to it, and the old one added to MAINSTAY_SECRET_KEY_RETIRED.'
      : `The old key stays in ${directory}/secret.key.retired for what hosts keep; back up the new one.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
