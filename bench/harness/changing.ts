// Servers that change all the time, as their hosts' engines see it. A server changes again only once its last change has come out on
// the event stream, so that none may be folded into another: what is lost shows.

import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../test/e2e/harness/until.ts';
import { readChanges } from './changes.ts';
import type { Member, Shoal } from './shoal.ts';

export interface Changed {
  /** From each change to the stream's reader, ms. */
  readonly lags: readonly number[];
  /** How many changes were made. */
  readonly made: number;
  /** How many came out in a second. */
  readonly rate: number;
}

/** Starts and stops containers, so many a second, for `ms`; and waits for the last. */
export async function keepChanging(shoal: Shoal, aSecond: number, ms: number): Promise<Changed> {
  const idle: Member[] = [...shoal.members];
  const under = new Map<string, { readonly member: Member; readonly at: number }>();
  const lags: number[] = [];
  const reading = await readChanges(shoal.manager.url, shoal.token, ({ event }, at) => {
    if (event?.happening.kind !== 'server-state' || event.serverId === null) return;
    const one = under.get(event.serverId);
    if (one === undefined) return;
    under.delete(event.serverId);
    lags.push(at - one.at);
    idle.push(one.member);
  });
  let made = 0;
  const began = performance.now();
  for (let passed = 0; passed < ms; passed = performance.now() - began) {
    for (const due = (passed * aSecond) / 1000; made < due; made += 1) {
      const member = idle.shift();
      if (member === undefined) break;
      under.set(member.serverId, { member, at: performance.now() });
      toggle(member);
    }
    await pause(2);
  }
  const rate = (lags.length * 1000) / ms;
  await until('the last change', () => under.size === 0).catch(() => undefined);
  reading.close();
  return { lags, made, rate };
}

function toggle({ host, containerId }: Member): void {
  const runs = host.outside.inspect(containerId).state === 'running';
  if (runs) host.outside.stop(containerId);
  else host.outside.start(containerId);
}
