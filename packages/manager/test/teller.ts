// The part of a manager that tells people, with a clock of the test's own: events are appended, time is moved, and
// rounds are done until nothing is left to do.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerOfAll } from '@mainstay/core/access';
import type { AgentId, InstallationId, ServerId } from '@mainstay/core/id';
import { createSlots } from '@mainstay/core/slots';
import { createChannel } from '@mainstay/manager/app/channels';
import { listDeliveries } from '@mainstay/manager/app/deliveries';
import { change } from '@mainstay/manager/app/journal';
import { createRule } from '@mainstay/manager/app/rules';
import { loadSettings } from '@mainstay/manager/app/settings';
import { UsageNow } from '@mainstay/manager/app/usage';
import { Attempts } from '@mainstay/manager/attempts';
import { createLocalBus } from '@mainstay/manager/bus/local';
import { systemClock } from '@mainstay/manager/clock';
import { Fleet } from '@mainstay/manager/link/fleet';
import { createLog } from '@mainstay/manager/log';
import { considerEvents } from '@mainstay/manager/notifications/consider';
import { dueChannels, takeBack } from '@mainstay/manager/notifications/outbox';
import { passAlarms } from '@mainstay/manager/notifications/pass-alarms';
import { sendDue } from '@mainstay/manager/notifications/send-due';
import { newId } from '@mainstay/manager/random';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import { vaultWith } from '@mainstay/manager/vault';
import type { World } from '@mainstay/manager/world';
import type { Happening } from '@mainstay/wire/events';
import { createRule as ruleShape } from '@mainstay/wire/notifications';
import { onTestFinished } from 'vitest';
import { ownReceiver, type Receiver } from './receiver.ts';
import { recordHost, recordServer } from './records.ts';

export const minute = 60_000;
export const hour = 60 * minute;
/** Noon in Berlin, in winter. */
const noon = Date.parse('2026-01-15T11:00:00Z');

export async function openTeller() {
  const directory = await mkdtemp(join(tmpdir(), 'mainstay-teller-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  let now = noon;
  const path = join(directory, 'mainstay.db');
  let store = await openSqlite(path, now, { create: true });
  onTestFinished(() => store.close());
  const world: World = {
    get store() {
      return store;
    },
    bus: createLocalBus(),
    clock: { now: () => now, running: () => now, pause: () => Promise.resolve() },
    fleet: new Fleet(),
    usage: new UsageNow(),
    settling: createSlots(2),
    vault: vaultWith(Buffer.alloc(32, 7)),
    builtIns: [],
    settings: await loadSettings(store),
    attempts: new Attempts(systemClock),
    sso: null,
    log: createLog('silent'),
    installationId: newId<InstallationId>(),
    publicUrl: null,
    instanceId: newId(),
  };
  const agentId = await recordHost(store);

  const round = async () => {
    while (await considerEvents(world));
    await passAlarms(world);
    for (const channelId of await dueChannels(world)) await sendDue(world, channelId, new AbortController().signal);
  };

  return {
    world,
    agentId,
    now: () => now,
    /** One round, and what it leads to at once. */
    round,
    /** Time passes, a round now and at each step of it. */
    async wait(ms: number, step = minute) {
      await round();
      for (const end = now + ms; now < end; ) {
        now = Math.min(end, now + step);
        await round();
      }
    },
    /** Time passes, and nobody looks: the manager is down. */
    sleep: (ms: number) => {
      now += ms;
    },
    /** The manager died and is started again on what is on disk. */
    async restart() {
      await store.close();
      store = await openSqlite(path, now, { create: true });
      await takeBack(world);
    },
    async server(name: string): Promise<{ id: ServerId; name: string; agent_id: AgentId }> {
      const id = await recordServer(store, agentId, name, 'running', {
        volumes_json: '[{"name":"world","containerPath":"/data"}]',
        limits_json: '{"memoryMb":512,"cpus":null}',
        data_exists: 'yes',
        data_bytes: 3_200_000_000,
      });
      return { id, name, agent_id: agentId };
    },
    /** Something happens, so many times, and is recorded. Without a server it is the host's. */
    async happens(happening: Happening, server?: { id: ServerId; name: string; agent_id: AgentId }, times = 1) {
      await change(world, async ({ append, writer }) => {
        if (server && happening.kind === 'server-state')
          await writer.updateTable('servers').set({ state: happening.to }).where('id', '=', server.id).execute();
        for (let n = 0; n < times; n += 1)
          await append({ ...(server ? { server } : { agentId }), cause: { by: 'observation', sequence: 1 }, happening });
      });
    },
    /** A webhook of the test's own. */
    async channel(name = 'hook'): Promise<{ id: Awaited<ReturnType<typeof createChannel>>['id']; receiver: Receiver }> {
      const receiver = await ownReceiver();
      const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
      const { id } = await createChannel(
        world,
        { grants: ownerOfAll, within: null },
        { kind: 'webhook', name, url: `${receiver.url}/`, secret, allowPrivate: true },
      );
      return { id, receiver };
    },
    rule: (wanted: Record<string, unknown>) => createRule(world, ruleShape.parse({ name: `rule ${newId()}`, ...wanted })),
    log: async (state?: Parameters<typeof listDeliveries>[1]['state']) => (await listDeliveries(world, { limit: 200, state })).items,
  };
}

/** The sentences that a webhook was told, oldest first. */
export function told({ received }: Receiver): string[] {
  return received.map(({ json }) => (json['data'] as { text: string }).text);
}

export const happenings = {
  lost: { kind: 'server-state', from: 'running', to: 'missing', reason: { code: 'removed-outside' } },
  recovered: { kind: 'server-state', from: 'missing', to: 'running', reason: { code: 'operation', operation: 'start' } },
  crashed: { kind: 'server-crashed', exit: { code: 3, outOfMemory: false, asked: false, at: 1 }, restarts: 1 },
  stopped: { kind: 'server-state', from: 'running', to: 'stopped', reason: { code: 'operation', operation: 'stop' } },
  purged: { kind: 'server-purged', dataRemoved: true },
  away: { kind: 'agent-away' },
  back: { kind: 'agent-online' },
} as const satisfies Record<string, Happening>;
