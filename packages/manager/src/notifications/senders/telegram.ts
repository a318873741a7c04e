// A Telegram bot's sendMessage. Plain text: nothing in a name means anything. The token is part of the address.

import { clipped } from '../message.ts';
import { field, type Outcome, outcomeOf } from '../outcome.ts';
import { postJson } from './json.ts';
import type { Sender } from './sender.ts';

/** Telegram's own limit, in characters. */
const longest = 4096;

export const sendTelegram: Sender<'telegram'> = async (channel, message, world) => {
  const url = `${channel.apiUrl.replace(/\/+$/, '')}/bot${channel.token}/sendMessage`;
  const link = message.link === null ? '' : `\n${message.link}`;
  const body = {
    chat_id: channel.chatId,
    text: clipped(`${message.title}\n\n${message.text}`, longest - link.length) + link,
    link_preview_options: { is_disabled: true },
    disable_notification: message.gravity !== 'alarm',
  };
  const answer = await postJson({ url, allowPrivate: channel.allowPrivate }, body, world);
  const outcome: Outcome = outcomeOf(answer, field('description'));
  // It says in the body how long to wait.
  return answer.status === 429 ? { ...outcome, retryAfterMs: outcome.retryAfterMs ?? waitIn(answer.text) } : outcome;
};

function waitIn(text: string): number | null {
  const found = /"retry_after"\s*:\s*(\d{1,6})/.exec(text);
  return found ? Number(found[1]) * 1000 : null;
}
