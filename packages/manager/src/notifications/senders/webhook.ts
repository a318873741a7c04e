// A webhook, signed as Standard Webhooks (https://www.standardwebhooks.com) has it, so that its published libraries
// verify it: HMAC-SHA256 over `id.timestamp.body`, with the secret's bytes as the key, in base64 behind `v1,`.

import { createHmac } from 'node:crypto';
import type { Notice } from '@mainstay/core/notice';
import { noticeWords } from '@mainstay/core/notice-words';
import { outcomeOf } from '../outcome.ts';
import { postJson } from './json.ts';
import type { Sender } from './sender.ts';

export const sendWebhook: Sender<'webhook'> = async (channel, message, world) => {
  const now = world.now();
  const body = JSON.stringify({
    type: 'mainstay.notification',
    timestamp: new Date(now).toISOString(),
    data: {
      title: message.title,
      text: message.text,
      gravity: message.gravity,
      link: message.link,
      notices: message.notices.map((notice) => noticeData(notice, now)),
    },
  });
  // Seconds, of this very try: whoever verifies refuses old ones.
  const timestamp = String(Math.floor(now / 1000));
  const headers = {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signatureOf(channel.secret, `${message.id}.${timestamp}.${body}`)}`,
  };
  return outcomeOf(await postJson(channel, body, world, headers));
};

function signatureOf(secret: string, signed: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(signed).digest('base64');
}

/** One notice for a program. */
function noticeData(notice: Notice, now: number) {
  const { text } = noticeWords(notice, now);
  if (!('server' in notice)) return { telling: notice.telling, at: notice.at, text };
  const { telling, at, topic, server, host } = notice;
  return {
    telling,
    topic,
    at,
    server,
    host,
    text,
    ...(telling === 'raised' || telling === 'again' ? { count: notice.count, since: notice.since } : {}),
    ...(telling === 'recovered' ? { over: notice.over } : {}),
  };
}
