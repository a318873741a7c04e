// Channels, rules and deliveries over the API of a real manager: what is wrong is told of its field, and what is secret
// goes in and never comes out again.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { missing } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import { databasePath } from '@mainstay/manager/main';
import { createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import type { CreateChannelInput, CreateRuleInput } from '@mainstay/wire/notifications';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownManager } from './harness.ts';
import { openReceiver, type Receiver } from './receiver.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
let receiver: Receiver;
beforeAll(async () => {
  [manager, receiver] = [await ownManager(), await openReceiver()];
});
afterAll(async () => {
  await manager.end();
  await receiver.close();
});

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ok!').toString('base64')}`;
const fresh = (word: string) => `${word} ${randomUUID().slice(0, 8)}`;
const webhook = (more: object = {}) =>
  ({
    kind: 'webhook',
    name: fresh('hook'),
    url: `${receiver.url}/very-secret-path`,
    secret,
    allowPrivate: true,
    ...more,
  }) as CreateChannelInput;
const add = (body: CreateChannelInput = webhook()) => manager.call(contract.createChannel, { body });
const addRule = (body: Partial<CreateRuleInput>) =>
  manager.call(contract.createRule, { body: { name: fresh('rule'), topics: ['missing'], channelIds: [], ...body } as CreateRuleInput });

/** The fields that a refusal points at, and its code. */
async function refusal(call: Promise<unknown>): Promise<{ code: string; fields: Record<string, string> }> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Fault)) throw new Error(`It was not refused: ${error}`);
  const errors = (error.extra['errors'] ?? []) as { path: string; message: string }[];
  return { code: error.code, fields: Object.fromEntries(errors.map(({ path, message }) => [path, message])) };
}

describe('a channel', () => {
  it('into a private network is an owner’s to make or change: whoever chooses where it goes can look around in there', async () => {
    const { token } = await manager.call(contract.createToken, {
      body: { name: fresh('admin'), grants: [{ role: 'admin', scope: { kind: 'everything' } }] },
    });
    const admin = createClient({ baseUrl: manager.url, token });
    await expect(admin(contract.createChannel, { body: webhook() })).rejects.toMatchObject({
      code: 'forbidden',
      detail: missing('inwards'),
    });
    const channel = await add();
    const change = (body: object) => admin(contract.configureChannel, { params: { channelId: channel.id }, body } as never);
    await expect(change({ url: 'http://10.0.0.1/' })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await change({ allowPrivate: false, url: 'https://8.8.8.8/' })).toMatchObject({ allowPrivate: false });
    await expect(change({ allowPrivate: true })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await manager.call(contract.getChannel, { params: { channelId: channel.id } })).toMatchObject({ target: '8.8.8.8' });
  });

  it('is shown without its secrets, and they are not in the database either', async () => {
    const channel = await add();
    expect(channel).toMatchObject({
      kind: 'webhook',
      url: 'set',
      secret: 'set',
      target: `127.0.0.1:${receiver.port}`,
      last: null,
      dead: 0,
      waiting: 0,
    });
    const all = JSON.stringify(await manager.call(contract.listChannels, {}));
    const files = ['', '-wal'].map((end) => readFileSync(databasePath(manager) + end).toString('latin1')).join('');
    for (const text of [all, files]) for (const hidden of ['very-secret-path', secret]) expect(text).not.toContain(hidden);
  });

  const bad: [string, object, string, RegExp][] = [
    ['without a name', { name: '' }, '/name', /name/],
    ['with an address that is none', { url: 'not an address' }, '/url', /https:\/\//],
    ['with another protocol', { url: 'ftp://example.org/x' }, '/url', /https:\/\//],
    ['with a user name in its address', { url: 'https://a:b@example.org/x' }, '/url', /user name/],
    ['without TLS in public', { url: 'http://93.184.216.34/x', allowPrivate: false }, '/url', /https:\/\//],
    [
      'on this machine, without leave',
      { url: 'https://127.0.0.1/x', allowPrivate: false },
      '/url',
      /this machine itself.*unless private addresses are allowed/,
    ],
    ['on this machine by its name', { url: 'https://localhost/x', allowPrivate: false }, '/url', /this machine itself/],
    ['on this machine by a number', { url: 'https://2130706433/x', allowPrivate: false }, '/url', /this machine itself/],
    ['at an address that no service has', { url: 'http://0.0.0.0/x' }, '/url', /no address that can be called/],
    ['with a secret that is too short', { secret: 'whsec_c2hvcnQ=' }, '/secret', /24 to 64 bytes/],
    ['with a secret of another form', { secret: 'correct horse battery staple' }, '/secret', /whsec_/],
  ];
  it.each(bad)('%s is refused, beside its field', async (_, more, path, message) => {
    const { code, fields } = await refusal(add(webhook(more)));
    expect(code).toBe('invalid-request');
    expect(fields[path]).toMatch(message);
  });

  const others: [string, object, string][] = [
    ['ntfy without a topic', { kind: 'ntfy', url: 'https://ntfy.sh/' }, '/url'],
    ['Telegram with a token that is none', { kind: 'telegram', token: 'hello', chatId: '1' }, '/token'],
    [
      'Telegram with a chat that is none',
      { kind: 'telegram', token: '123456:AAE-abcdefghijklmnopqrstuvwxyz012', chatId: 'my chat' },
      '/chatId',
    ],
    ['mail to nobody', { kind: 'email', host: 'mail.example.org', from: 'a@example.org', to: [] }, '/to'],
    ['mail to somebody without an address', { kind: 'email', host: 'mail.example.org', from: 'a@example.org', to: ['lena'] }, '/to/0'],
    [
      'mail with a user name and no password',
      { kind: 'email', host: 'mail.example.org', from: 'a@example.org', to: ['b@example.org'], user: 'a' },
      '/password',
    ],
    [
      'mail without TLS in public',
      { kind: 'email', host: 'mail.example.org', from: 'a@example.org', to: ['b@example.org'], security: 'none' },
      '/security',
    ],
    ['mail by this machine, without leave', { kind: 'email', host: '127.0.0.1', from: 'a@example.org', to: ['b@example.org'] }, '/host'],
  ];
  it.each(others)('that is %s is refused, beside its field', async (_, body, path) => {
    const { code, fields } = await refusal(add({ name: fresh('channel'), ...body } as CreateChannelInput));
    expect(code).toBe('invalid-request');
    expect(Object.keys(fields)).toContain(path);
  });

  it('of every kind can be added', async () => {
    const added = await Promise.all(
      [
        { kind: 'discord', url: 'https://93.184.216.34/api/webhooks/1/x' },
        { kind: 'slack', url: 'https://93.184.216.34/services/x' },
        { kind: 'ntfy', url: 'https://93.184.216.34/topic' },
        { kind: 'telegram', token: '123456:AAE-abcdefghijklmnopqrstuvwxyz012', chatId: '@channel', apiUrl: 'https://93.184.216.34' },
        { kind: 'email', host: '93.184.216.34', from: 'a@example.org', to: ['b@example.org'] },
      ].map((body) => add({ name: fresh('channel'), ...body } as CreateChannelInput)),
    );
    expect(added).toMatchObject([
      { kind: 'discord', url: 'set', target: '93.184.216.34' },
      { kind: 'slack', url: 'set' },
      { kind: 'ntfy', url: 'set', token: null, priority: 4, tags: [] },
      { kind: 'telegram', token: 'set', target: 'chat @channel' },
      { kind: 'email', password: null, port: 587, security: 'starttls', target: 'b@example.org by 93.184.216.34' },
    ]);
  });

  it('has a name of its own', async () => {
    const { name } = await add();
    expect(await refusal(add(webhook({ name })))).toMatchObject({ code: 'name-taken', fields: { '/name': expect.stringContaining(name) } });
  });

  it('is changed in what is given, keeps its secrets, and takes no fields of another kind', async () => {
    const { id } = await add();
    const name = fresh('renamed');
    const configure = (body: object) => manager.call(contract.configureChannel, { params: { channelId: id }, body });
    expect(await configure({ name })).toMatchObject({ name, url: 'set', secret: 'set' });
    expect(await manager.call(contract.testChannel, { params: { channelId: id } })).toMatchObject({ delivered: true });
    expect(receiver.received.at(-1)?.path).toBe('/very-secret-path');
    expect((await refusal(configure({ chatId: '1' }))).code).toBe('invalid-request');
    expect((await refusal(configure({ allowPrivate: false }))).fields['/url']).toMatch(/https:\/\//);
    expect(await configure({})).toMatchObject({ name });
  });

  it('cannot be removed while a rule uses it, and takes its deliveries along when it goes', async () => {
    const channel = await add();
    const remove = () => manager.call(contract.deleteChannel, { params: { channelId: channel.id } });
    await manager.call(contract.testChannel, { params: { channelId: channel.id } });
    const rule = await addRule({ channelIds: [channel.id] });
    const refused = await remove().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'channel-in-use', detail: expect.stringContaining(rule.name) });
    await manager.call(contract.deleteRule, { params: { ruleId: rule.id } });
    await remove();
    expect((await refusal(remove())).code).toBe('not-found');
    const { items } = await manager.call(contract.listDeliveries, { query: { channelId: channel.id } });
    expect(items).toEqual([]);
  });
});

describe('the test of a channel', () => {
  it('is sent at once, says what came of it, and is in the log', async () => {
    const { id } = await add();
    const outcome = await manager.call(contract.testChannel, { params: { channelId: id } });
    expect(outcome).toMatchObject({ delivered: true, detail: 'Answered 200.', responseCode: 200 });
    expect(receiver.received.at(-1)?.json).toMatchObject({ data: { text: 'This channel works: tester asked for this test.' } });
    const { items } = await manager.call(contract.listDeliveries, { query: { channelId: id } });
    expect(items).toMatchObject([{ state: 'delivered', title: 'Test from Mainstay', tries: 1 }]);
    expect(await manager.call(contract.getChannel, { params: { channelId: id } })).toMatchObject({
      last: { delivered: true, responseCode: 200 },
    });
  });

  it('that fails says why, without what is secret, and is not tried again by itself', async () => {
    const { id } = await add(webhook({ kind: 'discord', secret: undefined }));
    receiver.answer({ status: 404, body: '{"message": "Cannot POST /very-secret-path"}' });
    const outcome = await manager.call(contract.testChannel, { params: { channelId: id } });
    expect(outcome).toMatchObject({ delivered: false, detail: 'Answered 404: Cannot POST …', responseCode: 404 });
    const { items } = await manager.call(contract.listDeliveries, { query: { channelId: id, state: 'dead' } });
    expect(items).toMatchObject([{ state: 'dead', error: 'Answered 404: Cannot POST …' }]);
    expect(await manager.call(contract.getChannel, { params: { channelId: id } })).toMatchObject({ dead: 1, last: { delivered: false } });

    const retried = await manager.call(contract.retryDelivery, { params: { deliveryId: items[0]!.id } });
    expect(retried.state).not.toBe('dead');
    await expect
      .poll(async () => (await manager.call(contract.listDeliveries, { query: { channelId: id } })).items[0]?.state, { timeout: 10_000 })
      .toBe('delivered');
  });
});

describe('a rule', () => {
  it('is made with what most rules have, changed in what is given, and removed', async () => {
    const channel = await add();
    const rule = await addRule({ channelIds: [channel.id], topics: ['missing', 'host-away'] });
    expect(rule).toMatchObject({ enabled: true, scope: { kind: 'all' }, quiet: null, foldMinutes: 10 });
    const params = { ruleId: rule.id };
    const quiet = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin', alarmsToo: true };
    const changed = await manager.call(contract.configureRule, { params, body: { quiet, enabled: false } });
    expect(changed).toMatchObject({ quiet, enabled: false, topics: ['missing', 'host-away'], channelIds: [channel.id] });
    expect((await manager.call(contract.listRules, {})).items).toContainEqual(changed);
    await manager.call(contract.deleteRule, { params });
    expect((await refusal(manager.call(contract.getRule, { params }))).code).toBe('not-found');
  });

  const unknown = '00000000-0000-4000-8000-000000000000';
  const bad: [string, Record<string, unknown>, string][] = [
    ['about nothing', { topics: [] }, '/topics'],
    ['about what there is not', { topics: ['weather'] }, '/topics/0'],
    ['about what only ends alarms', { topics: ['host-back'] }, '/topics/0'],
    ['that tells nobody', { channelIds: [] }, '/channelIds'],
    ['with a channel that there is not', { channelIds: [unknown] }, '/channelIds/0'],
    ['for a server that there is not', { scope: { kind: 'servers', serverIds: [unknown] } }, '/scope/serverIds/0'],
    ['for a host that there is not', { scope: { kind: 'hosts', agentIds: [unknown] } }, '/scope/agentIds/0'],
    ['for no server', { scope: { kind: 'servers', serverIds: [] } }, '/scope/serverIds'],
    ['with a time that is none', { quiet: { from: '25:00', to: '07:00', timeZone: 'UTC' } }, '/quiet/from'],
    ['with a time zone that is none', { quiet: { from: '22:00', to: '07:00', timeZone: 'Moon/Base' } }, '/quiet/timeZone'],
    ['with quiet hours that end as they begin', { quiet: { from: '22:00', to: '22:00', timeZone: 'UTC' } }, '/quiet/to'],
    ['with a window of a week', { foldMinutes: 10_080 }, '/foldMinutes'],
  ];
  it.each(bad)('%s is refused, beside its field', async (_, more, path) => {
    const channel = await add();
    const { code, fields } = await refusal(addRule({ channelIds: [channel.id], ...more }));
    expect(code).toBe('invalid-request');
    expect(Object.keys(fields)).toContain(path);
  });

  it('has a name of its own', async () => {
    const channel = await add();
    const { name } = await addRule({ channelIds: [channel.id] });
    expect(await refusal(addRule({ name, channelIds: [channel.id] }))).toMatchObject({ code: 'name-taken' });
  });
});

describe('the log of deliveries', () => {
  it('is asked for page by page, by state and by channel', async () => {
    const { id } = await add();
    for (let n = 0; n < 3; n += 1) await manager.call(contract.testChannel, { params: { channelId: id } });
    const first = await manager.call(contract.listDeliveries, { query: { channelId: id, limit: 2 } });
    expect(first.items).toHaveLength(2);
    const second = await manager.call(contract.listDeliveries, { query: { channelId: id, limit: 2, cursor: first.nextCursor ?? '' } });
    expect(second).toMatchObject({ items: [{ state: 'delivered' }], nextCursor: null });
    expect((await manager.call(contract.listDeliveries, { query: { channelId: id, state: 'dead' } })).items).toEqual([]);
    expect((await refusal(manager.call(contract.listDeliveries, { query: { cursor: 'x' } }))).code).toBe('invalid-request');
  });
});
