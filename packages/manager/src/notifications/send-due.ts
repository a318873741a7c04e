// Sends what is due on one channel, one message after the other, until nothing is or the channel rests.

import type { ChannelId } from '@mainstay/core/id';
import type { World } from '../world.ts';
import { openChannel, withoutSecrets } from './channels.ts';
import { messageOf } from './message.ts';
import { record, type Taken, takeNext } from './outbox.ts';
import { type Outcome, outcomeOfError } from './outcome.ts';
import { send } from './senders/senders.ts';

export async function sendDue(world: World, channelId: ChannelId, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const taken = await takeNext(world, channelId);
    if (!taken) return;
    await record(world, taken, await attempt(world, taken, signal));
  }
}

/** Hands a message to its channel. Never throws: whatever goes wrong is an outcome, in words without secrets. */
export async function attempt(world: World, { channel: row, delivery }: Taken, signal: AbortSignal): Promise<Outcome> {
  try {
    const channel = openChannel(world.vault, row);
    const notices = JSON.parse(delivery.notices_json);
    const message = messageOf(delivery.id, notices, delivery.omitted, world.clock.now(), world.publicUrl);
    const outcome = await send(channel, message, { now: () => world.clock.now(), signal }).catch(outcomeOfError);
    return { ...outcome, detail: withoutSecrets(outcome.detail, channel) };
  } catch (error) {
    // Its own settings are at fault; nothing was sent.
    return outcomeOfError(error);
  }
}
