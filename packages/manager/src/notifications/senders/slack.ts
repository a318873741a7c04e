// Slack's incoming webhook, which Mattermost and Rocket.Chat have too: plain text, in which three signs mean something.

import type { Gravity } from '@mainstay/core/notice';
import { outcomeOf } from '../outcome.ts';
import { postJson } from './json.ts';
import type { Sender } from './sender.ts';

const marks = { alarm: ':rotating_light:', recovered: ':white_check_mark:', news: ':information_source:' } as const satisfies Record<
  Gravity,
  string
>;

export const sendSlack: Sender<'slack'> = async (channel, message, world) => {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const link = message.link === null ? '' : `\n<${message.link}|Open in Mainstay>`;
  const text = `${marks[message.gravity]} *${escaped(message.title)}*\n${escaped(message.text)}${link}`;
  // A failure is told as one word in plain text: `no_service`.
  return outcomeOf(await postJson(channel, { text }, world), (answer) => (/^[\w .-]{1,80}$/.test(answer) ? answer : null));
};
