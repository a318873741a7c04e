// Discord's incoming webhook: one embed in the message's colour. It mentions nobody, whatever a name looks like.

import type { Gravity } from '@mainstay/core/notice';
import { clipped } from '../message.ts';
import { field, outcomeOf } from '../outcome.ts';
import { postJson } from './json.ts';
import type { Sender } from './sender.ts';

const colours = { alarm: 0xb3261e, recovered: 0x1f7a45, news: 0x2f5bea } as const satisfies Record<Gravity, number>;
/** Discord's own limits, in characters. */
const most = { title: 256, description: 4096 } as const;

export const sendDiscord: Sender<'discord'> = async (channel, message, world) => {
  const embed = {
    title: clipped(message.title, most.title),
    description: clipped(message.text, most.description),
    color: colours[message.gravity],
    timestamp: new Date(message.at).toISOString(),
    ...(message.link === null ? {} : { url: message.link }),
  };
  const body = { username: 'Mainstay', embeds: [embed], allowed_mentions: { parse: [] } };
  return outcomeOf(await postJson(channel, body, world), field('message'));
};
