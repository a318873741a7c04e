// Tells people what happened: considers new events, lets time pass for alarms, and sends what is due, each channel on
// its own so that a slow one holds up no other. Takes no input; a wake only makes it look sooner.

import type { ChannelId } from '@mainstay/core/id';
import { considerEvents } from '../notifications/consider.ts';
import { dropOldDeliveries, dueChannels, takeBack } from '../notifications/outbox.ts';
import { forgetOldAlarms, passAlarms } from '../notifications/pass-alarms.ts';
import { sendDue } from '../notifications/send-due.ts';
import type { World } from '../world.ts';
import { every } from './every.ts';

const everyMs = 1_000;
const tidyEveryMs = 10 * 60_000;

/** @returns how to stop: what is being sent is broken off, and sent again by whoever goes on */
export async function startNotifications(world: World): Promise<{ stop(): Promise<void> }> {
  const { bus, clock, log } = world;
  const stopping = new AbortController();
  const sending = new Map<ChannelId, Promise<void>>();
  await takeBack(world);

  const round = async () => {
    while (await considerEvents(world));
    await passAlarms(world);
    for (const channelId of await dueChannels(world)) {
      if (sending.has(channelId)) continue;
      const done = sendDue(world, channelId, stopping.signal)
        .catch((error: unknown) => log.error({ error, channel: channelId }, 'sending on a channel broke; it is taken up again'))
        .finally(() => sending.delete(channelId));
      sending.set(channelId, done);
    }
  };

  let wake = new AbortController();
  const stopListening = (['events', 'deliveries'] as const).map((topic) => bus.subscribe(topic, () => wake.abort()));
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const woken = wake.signal;
      await round().catch((error: unknown) => log.error({ error }, 'a round of notifications broke'));
      await clock.pause(everyMs, AbortSignal.any([woken, stopping.signal]));
      if (woken.aborted) wake = new AbortController();
    }
  })();
  const tidying = every(world, tidyEveryMs, 'old notifications could not be dropped', async () => {
    await dropOldDeliveries(world);
    await forgetOldAlarms(world);
  });

  return {
    stop: async () => {
      stopping.abort();
      for (const stop of stopListening) stop();
      await Promise.all([running, tidying.stop()]);
      await Promise.all(sending.values());
    },
  };
}
