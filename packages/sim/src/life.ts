// Some life on simulated hosts, for looking at: now and then a server crashes, is stopped or removed behind Mainstay's
// back, and now and then somebody brings one back.

import { labels, serverOf } from '@mainstay/core/bodies';
import type { Call } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import { type Container, runs } from './container.ts';
import type { Host } from './host.ts';
import type { World } from './world.ts';

export interface LifeOptions extends World {
  readonly hosts: readonly Host[];
  /** The API, for what people do there. */
  readonly call: Call;
  /** Between two happenings. */
  readonly everyMs: number;
}

/** What happens, as often as it stands here. */
const happenings = ['crash', 'crash', 'stop', 'remove', 'bring back', 'bring back', 'bring back', 'nothing'] as const;

/** Goes on until `signal` aborts. */
export async function live(options: LifeOptions, signal: AbortSignal): Promise<void> {
  const { clock, everyMs } = options;
  while (!signal.aborted) {
    await clock.pause(everyMs, signal);
    // What is refused, an operation being open say, happens another time.
    if (!signal.aborted) await happen(options).catch(() => undefined);
  }
}

async function happen({ random, hosts, call }: LifeOptions): Promise<void> {
  const any = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const happening = any(happenings);
  if (happening === 'bring back') {
    const state = any(['missing', 'stopped', 'failed'] as const);
    const { items } = await call(contract.listServers, { query: { state, limit: 200 } });
    const server = any(items);
    if (server) await call(contract.startServer, { params: { serverId: server.id }, body: {} });
    return;
  }
  const host = any(hosts);
  const container = any(host?.outside.containers().filter(isServers) ?? []);
  if (!host || !container || !runs(container)) return;
  if (happening === 'crash') host.outside.crash(container.id, any([1, 3, 134, 139]) ?? 1);
  if (happening === 'stop') host.outside.stop(container.id);
  if (happening === 'remove') host.outside.remove(container.id);
}

/** Not a rebuild's, while it is one. */
const isServers = (container: Container): boolean => serverOf(container) !== null && container.name === container.labels[labels.name];
