// Senders, each against a service of its own kind on loopback: what is sent, what the answer means, and that no secret
// is in the words that are kept.

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { DeliveryId } from '@mainstay/core/id';
import type { Notice } from '@mainstay/core/notice';
import { openChannel, withoutSecrets } from '@mainstay/manager/notifications/channels';
import { type Message, messageOf } from '@mainstay/manager/notifications/message';
import { outcomeOfError } from '@mainstay/manager/notifications/outcome';
import { send } from '@mainstay/manager/notifications/senders/senders';
import { type ChannelKind, type CreateChannel, type CreateChannelInput, channelKinds, createChannel } from '@mainstay/wire/notifications';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { certificateFor } from './certificate.ts';
import { ownReceiver } from './receiver.ts';

const at = Date.parse('2026-01-01T12:00:00Z');
const id = '11111111-2222-4333-8444-555555555555' as DeliveryId;
const lost: Notice = {
  telling: 'raised',
  topic: 'missing',
  at: at - 14_000,
  server: { id: 's1', name: 'valheim-nord' },
  host: { id: 'h1', name: 'basement' },
  facts: { reason: { code: 'removed-outside' }, data: 'yes', dataBytes: 3_200_000_000 },
  count: 1,
  since: at - 14_000,
  windowMs: 600_000,
};
const sentence =
  'valheim-nord lost its container 14 s ago; removed outside Mainstay on basement; its world is safe, 3.2 GB. Recover brings it back.';
const message = (publicUrl: string | null = 'https://mainstay.example.org'): Message => messageOf(id, [lost], 0, at, publicUrl);
const world = { now: () => at, signal: new AbortController().signal };

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ok!').toString('base64')}`;
const token = '123456789:AAE-abcdefghijklmnopqrstuvwxyz012';

/** A channel of each kind at a service on this machine, as its owner would enter it. */
const channels = {
  webhook: (url: string) => ({ kind: 'webhook', name: 'hook', url: `${url}/hooks/deep-secret-path`, secret, allowPrivate: true }),
  discord: (url: string) => ({ kind: 'discord', name: 'chat', url: `${url}/api/webhooks/1234/deep-secret-path`, allowPrivate: true }),
  slack: (url: string) => ({ kind: 'slack', name: 'chat', url: `${url}/services/T0/B0/deep-secret-path`, allowPrivate: true }),
  ntfy: (url: string) => ({
    kind: 'ntfy',
    name: 'phone',
    url: `${url}/deep-secret-path`,
    token: 'tk_deep-secret-token',
    tags: ['game'],
    allowPrivate: true,
  }),
  telegram: (url: string) => ({ kind: 'telegram', name: 'bot', token, chatId: '-100123', apiUrl: url, allowPrivate: true }),
  email: (url: string) => ({
    kind: 'email',
    name: 'mail',
    host: '127.0.0.1',
    port: Number(new URL(url).port),
    security: 'none',
    from: 'mainstay@example.org',
    to: ['ops@example.org'],
    allowPrivate: true,
  }),
} as const satisfies Record<ChannelKind, (url: string) => CreateChannelInput>;

const channelAt = (kind: ChannelKind, url: string): CreateChannel => createChannel.parse(channels[kind](url));
const tell = (channel: CreateChannel, told = message()) => send(channel, told, world).catch(outcomeOfError);

describe('a webhook', () => {
  it('is sent JSON that its secret verifies, with the id of the delivery and the time of the try', async () => {
    const receiver = await ownReceiver();
    expect(await tell(channelAt('webhook', receiver.url))).toMatchObject({ kind: 'delivered', responseCode: 200 });
    const [{ path, headers, body, json }] = receiver.received as [(typeof receiver.received)[0]];
    expect(path).toBe('/hooks/deep-secret-path');
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(at / 1000) });
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const expected = createHmac('sha256', key)
      .update(`${id}.${at / 1000}.${body}`)
      .digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(json).toMatchObject({
      type: 'mainstay.notification',
      timestamp: '2026-01-01T12:00:00.000Z',
      data: {
        title: 'valheim-nord lost its container',
        text: sentence,
        gravity: 'alarm',
        link: 'https://mainstay.example.org/servers/s1',
        notices: [{ telling: 'raised', topic: 'missing', server: { id: 's1', name: 'valheim-nord' }, count: 1 }],
      },
    });
  });
});

describe('Discord', () => {
  it('is sent an embed in the alarm’s colour, that mentions nobody', async () => {
    const receiver = await ownReceiver();
    receiver.answer({ status: 204 });
    expect((await tell(channelAt('discord', receiver.url))).kind).toBe('delivered');
    expect(receiver.received[0]?.json).toEqual({
      username: 'Mainstay',
      allowed_mentions: { parse: [] },
      embeds: [
        {
          title: 'valheim-nord lost its container',
          description: sentence,
          color: 0xb3261e,
          timestamp: '2026-01-01T12:00:00.000Z',
          url: 'https://mainstay.example.org/servers/s1',
        },
      ],
    });
  });

  it('that refuses says why', async () => {
    const receiver = await ownReceiver();
    receiver.answer({ status: 404, body: '{"message": "Unknown Webhook", "code": 10015}' });
    expect(await tell(channelAt('discord', receiver.url))).toMatchObject({
      kind: 'never',
      detail: 'Answered 404: Unknown Webhook',
      responseCode: 404,
    });
  });
});

describe('Slack', () => {
  it('is sent text in which a name cannot mean anything', async () => {
    const receiver = await ownReceiver();
    const odd = { ...lost, server: { id: 's1', name: '<!channel> & co' } };
    await tell(channelAt('slack', receiver.url), messageOf(id, [odd], 0, at, null));
    expect(receiver.received[0]?.json['text']).toContain('&lt;!channel&gt; &amp; co lost its container');
  });

  it('that refuses says so in its own word, and a page of HTML is not kept', async () => {
    const receiver = await ownReceiver();
    receiver.answer({ status: 403, body: 'action_prohibited' }, { status: 500, body: '<html><body>Oh dear</body></html>' });
    const channel = channelAt('slack', receiver.url);
    expect(await tell(channel)).toMatchObject({ kind: 'never', detail: 'Answered 403: action_prohibited' });
    expect(await tell(channel)).toMatchObject({ kind: 'later', detail: 'Answered 500.' });
  });
});

describe('ntfy', () => {
  it('is published to the topic at the server’s root, with the alarm’s priority, tags and token', async () => {
    const receiver = await ownReceiver();
    await tell(channelAt('ntfy', receiver.url));
    expect(receiver.received[0]?.path).toBe('/');
    expect(receiver.received[0]?.headers.authorization).toBe('Bearer tk_deep-secret-token');
    expect(receiver.received[0]?.json).toEqual({
      topic: 'deep-secret-path',
      title: 'valheim-nord lost its container',
      message: sentence,
      priority: 4,
      tags: ['rotating_light', 'game'],
      click: 'https://mainstay.example.org/servers/s1',
    });
  });
});

describe('Telegram', () => {
  it('is sent plain text to the chat', async () => {
    const receiver = await ownReceiver();
    await tell(channelAt('telegram', receiver.url));
    expect(receiver.received[0]?.path).toBe(`/bot${token}/sendMessage`);
    expect(receiver.received[0]?.json).toMatchObject({
      chat_id: '-100123',
      text: `valheim-nord lost its container\n\n${sentence}\nhttps://mainstay.example.org/servers/s1`,
    });
  });

  it('says in its body how long to wait', async () => {
    const receiver = await ownReceiver();
    receiver.answer({
      status: 429,
      body: '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}',
    });
    expect(await tell(channelAt('telegram', receiver.url))).toMatchObject({ kind: 'later', down: true, retryAfterMs: 7_000 });
  });
});

describe('e-mail', () => {
  interface Mail {
    readonly from: string;
    readonly to: string[];
    readonly text: string;
  }

  async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> {
    const mails: Mail[] = [];
    const server = new SMTPServer({
      authOptional: true,
      logger: false,
      onData: (stream, session, done) => {
        let text = '';
        stream.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          mails.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), text });
          done(null);
        });
      },
      ...options,
    });
    // A client that refuses the certificate is the test's own doing.
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    onTestFinished(() => new Promise<void>((done) => server.close(() => done())));
    return { port: (server.server.address() as AddressInfo).port, mails };
  }

  const mail = (port: number, more: object = {}) => createChannel.parse({ ...channels.email(`http://127.0.0.1:${port}`), ...more });

  it('arrives with the sentence, a subject, and an id by which a second copy is known', async () => {
    const { port, mails } = await mailServer();
    expect(await tell(mail(port))).toMatchObject({ kind: 'delivered', detail: 'The mail server took it.' });
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatchObject({ from: 'mainstay@example.org', to: ['ops@example.org'] });
    const text = mails[0]?.text.replaceAll('=\r\n', '') ?? '';
    for (const part of [
      'Subject: valheim-nord lost its container',
      `Message-ID: <${id}@mainstay>`,
      'Auto-Submitted: auto-generated',
      'its world is safe, 3.2 GB',
      'https://mainstay.example.org/servers/s1',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('signs in, and a password that is refused is not tried again', async () => {
    const users: string[] = [];
    const { port, mails } = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) => {
        users.push(username ?? '');
        done(password === 'right-password' ? null : new Error('Wrong password'), { user: username ?? '' });
      },
    });
    expect((await tell(mail(port, { user: 'lena', password: 'right-password' }))).kind).toBe('delivered');
    expect(await tell(mail(port, { user: 'lena', password: 'wrong-password' }))).toMatchObject({ kind: 'never', responseCode: 535 });
    expect(users).toEqual(['lena', 'lena']);
    expect(mails).toHaveLength(1);
  });

  it.each(['tls', 'starttls'] as const)('goes over %s to a server whose certificate is for its name, and to no other', async (security) => {
    const { key, cert } = certificateFor('mail.example');
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, cert]);
    onTestFinished(() => setDefaultCACertificates(before));
    const { port, mails } = await mailServer({ key, cert, secure: security === 'tls' });
    const to = (host: string) =>
      send(mail(port, { host, security }), message(), { ...world, resolve: async () => ['127.0.0.1'] }).catch(outcomeOfError);
    expect(await to('mail.example')).toMatchObject({ kind: 'delivered' });
    expect(mails).toHaveLength(1);
    expect(await to('other.example')).toMatchObject({ kind: 'later', detail: 'Not reached: its certificate is for another name.' });
    expect(mails).toHaveLength(1);
  });

  it('goes to nobody whose certificate is not to be trusted', async () => {
    const { port, mails } = await mailServer();
    const starttls = await tell(mail(port, { security: 'starttls' }));
    expect(starttls).toMatchObject({ kind: 'later', down: true });
    expect(starttls.detail).toMatch(/certificate/);
    expect(mails).toEqual([]);
  });

  it('is not sent in the clear to a server that offers no TLS', async () => {
    const { port, mails } = await mailServer({ disabledCommands: ['STARTTLS'] });
    expect((await tell(mail(port, { security: 'starttls' }))).detail).toMatch(/TLS/);
    expect(mails).toEqual([]);
  });

  it('that is refused for good says so; that is refused for now is tried again', async () => {
    const refusing = (code: number) => ({
      onRcptTo: (_address: unknown, _session: unknown, done: (error?: Error | null) => void) =>
        done(Object.assign(new Error('Mailbox trouble'), { responseCode: code })),
    });
    expect(await tell(mail((await mailServer(refusing(550))).port))).toMatchObject({ kind: 'never', responseCode: 550 });
    expect(await tell(mail((await mailServer(refusing(451))).port))).toMatchObject({ kind: 'later', responseCode: 451 });
  });
});

describe('whatever the kind', () => {
  it.each(channelKinds)('%s goes to no private address unless the owner allows it', async (kind) => {
    const receiver = await ownReceiver();
    const channel = { ...channelAt(kind, receiver.url), allowPrivate: false };
    expect(await tell(channel)).toMatchObject({
      kind: 'never',
      detail: expect.stringContaining('127.0.0.1 is this machine itself; nothing is sent there'),
    });
    expect(receiver.received).toEqual([]);
  });

  it.each(channelKinds)('%s that is not there is tried again, and the channel rests meanwhile', async (kind) => {
    const receiver = await ownReceiver();
    await receiver.close();
    expect(await tell(channelAt(kind, receiver.url))).toMatchObject({
      kind: 'later',
      down: true,
      detail: 'Not reached: nothing listens there.',
    });
  });

  const meanings: [number, 'delivered' | 'later' | 'never', boolean][] = [
    [202, 'delivered', false],
    [302, 'never', false],
    [400, 'never', false],
    [401, 'never', false],
    [404, 'never', false],
    [410, 'never', false],
    [408, 'later', false],
    [429, 'later', true],
    [500, 'later', false],
    [502, 'later', true],
    [503, 'later', true],
  ];
  it.each(meanings)('an answer of %i means: %s', async (status, kind, down) => {
    const receiver = await ownReceiver();
    receiver.answer({ status });
    expect(await tell(channelAt('webhook', receiver.url))).toMatchObject({ kind, down, responseCode: status });
  });

  it.each(['discord', 'ntfy', 'telegram'] as const)('%s that repeats what it was asked for tells no secret', async (kind) => {
    const receiver = await ownReceiver();
    const channel = channelAt(kind, receiver.url);
    const said = `Cannot POST /api/webhooks/1234/deep-secret-path nor /bot${token}/sendMessage with tk_deep-secret-token`;
    receiver.answer({ status: 404, body: JSON.stringify({ message: said, error: said, description: said }) });
    const { detail } = await tell(channel);
    const kept = withoutSecrets(detail, channel);
    expect(kept).toContain('Cannot POST');
    const own = { discord: 'deep-secret-path', ntfy: 'deep-secret', telegram: token }[kind];
    expect(detail).toContain(own);
    expect(kept).not.toContain(own);
  });
});

it('secrets that were sealed with another key are said to be so', () => {
  const vault = {
    keyId: 'none',
    seal: (text: string) => text,
    renew: (sealed: string) => sealed,
    fingerprint: (text: string) => text,
    open: () => {
      throw new Error('sealed elsewhere');
    },
  };
  expect(() =>
    openChannel(vault, { settings_json: '{}', sealed: '', id: 'c', kind: 'slack', name: 'x', allow_private: 0 } as never),
  ).toThrow('sealed elsewhere');
});
