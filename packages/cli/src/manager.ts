// `mainstay manager`: the manager alone, for its own machine.

import { managerConfig } from '@mainstay/manager/config';
import { createLog } from '@mainstay/manager/log';
import { type Manager, startManager } from '@mainstay/manager/main';
import { noteAddress } from './address.ts';
import { fail, Misuse } from './fail.ts';
import { holdLock } from './lock.ts';
import { logLevel } from './log-level.ts';
import { home, shipped, version } from './place.ts';
import { aborted, stopSignal } from './stopping.ts';

export async function manager(): Promise<void> {
  const stopping = stopSignal();
  const running = await runManager('info');
  process.stdout.write(`${running.url}\n`);
  failWhenLost(running);
  await aborted(stopping);
  await running.stop();
  process.exit(0);
}

/** A manager without its record must not be asked for anything more. */
export function failWhenLost({ lost }: Manager): void {
  void lost.then(fail);
}

/** Starts a manager by the environment's settings, alone on its directory. */
export async function runManager(usualLogLevel: string): Promise<Manager> {
  const config = managerConfig(process.env, home, shipped);
  const log = createLog(logLevel(usualLogLevel));
  holdLock(config.directory, 'manager');
  try {
    const manager = await startManager(config, version, log);
    const address = noteAddress(config.directory, config.publicUrl ?? manager.url);
    return { ...manager, stop: () => manager.stop().finally(address.forget) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Misuse(`Port ${config.port} on ${config.host} is in use by another program. Set MAINSTAY_PORT to a free one.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES') {
      throw new Misuse(
        `Cannot listen on ${config.host} port ${config.port} (${code}). Set MAINSTAY_HOST and MAINSTAY_PORT to what this machine has.`,
      );
    }
    throw error;
  }
}
