// Every kind of channel with its sender: a kind without one does not compile.

import type { ChannelKind, CreateChannel } from '@mainstay/wire/notifications';
import type { Message } from '../message.ts';
import type { Outcome } from '../outcome.ts';
import { sendDiscord } from './discord.ts';
import { sendEmail } from './email.ts';
import { sendNtfy } from './ntfy.ts';
import type { Sender, SendingWorld } from './sender.ts';
import { sendSlack } from './slack.ts';
import { sendTelegram } from './telegram.ts';
import { sendWebhook } from './webhook.ts';

const senders: { readonly [K in ChannelKind]: Sender<K> } = {
  webhook: sendWebhook,
  discord: sendDiscord,
  slack: sendSlack,
  ntfy: sendNtfy,
  telegram: sendTelegram,
  email: sendEmail,
};

export function send<K extends ChannelKind>(
  channel: Extract<CreateChannel, { kind: K }>,
  message: Message,
  world: SendingWorld,
): Promise<Outcome> {
  const sender: Sender<K> = senders[channel.kind as K];
  return sender(channel, message, world);
}
