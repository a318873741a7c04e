// ntfy: the topic's address is taken apart, for JSON, which can say everything in any script, is published at the
// server's root with the topic in it.

import type { Gravity } from '@mainstay/core/notice';
import { field, outcomeOf } from '../outcome.ts';
import { postJson } from './json.ts';
import type { Sender } from './sender.ts';

const marks = { alarm: 'rotating_light', recovered: 'white_check_mark', news: 'information_source' } as const satisfies Record<
  Gravity,
  string
>;
const usualPriority = 3;
/** ntfy makes an attachment of what is longer, in bytes. */
const longest = 4096;

export const sendNtfy: Sender<'ntfy'> = async (channel, message, world) => {
  const { pathname } = new URL(channel.url);
  const topic = pathname.slice(pathname.lastIndexOf('/') + 1);
  const server = new URL(pathname.slice(0, pathname.lastIndexOf('/') + 1), channel.url).href;
  const body = {
    topic,
    title: message.title,
    message: firstBytes(message.text, longest),
    priority: message.gravity === 'alarm' ? channel.priority : usualPriority,
    tags: [marks[message.gravity], ...channel.tags],
    ...(message.link === null ? {} : { click: message.link }),
  };
  const headers: Record<string, string> = channel.token === null ? {} : { authorization: `Bearer ${channel.token}` };
  return outcomeOf(await postJson({ ...channel, url: server }, body, world, headers), field('error'));
};

function firstBytes(text: string, most: number): string {
  return Buffer.from(text)
    .subarray(0, most)
    .toString()
    .replace(/\uFFFD+$/, '');
}
