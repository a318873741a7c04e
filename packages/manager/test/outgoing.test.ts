// Going out to addresses that somebody else named: nowhere private unless the owner says so, to the address that was
// checked and no other, and with nothing of the answer but its beginning.

import { connectTo } from '@mainstay/manager/outgoing/connect';
import { guardedFetch } from '@mainstay/manager/outgoing/fetch';
import { checkedAddresses, refusalOf } from '@mainstay/manager/outgoing/guard';
import { post } from '@mainstay/manager/outgoing/post';
import { describe, expect, it } from 'vitest';
import { ownReceiver } from './receiver.ts';

const signal = new AbortController().signal;
const now = () => Date.parse('2026-01-01T00:00:00Z');
const request = (url: string, more: object = {}) => post({ url, headers: {}, body: '{}', allowPrivate: false, signal, ...more }, now);

describe('an address', () => {
  const privateOnes: [string, string][] = [
    ['127.0.0.1', 'this machine itself'],
    ['127.255.255.254', 'this machine itself'],
    ['10.1.2.3', 'a private network'],
    ['172.16.0.1', 'a private network'],
    ['172.31.255.255', 'a private network'],
    ['192.168.1.1', 'a private network'],
    ['169.254.1.1', 'link-local'],
    ['100.64.0.1', 'behind a carrier’s NAT'],
    ['::1', 'this machine itself'],
    ['fd12:3456::1', 'a private network'],
    ['fe80::1', 'link-local'],
  ];
  it.each(privateOnes)('%s is %s: refused, unless the owner allows it', (address, what) => {
    expect(refusalOf(address, false)).toBe(what);
    expect(refusalOf(address, true)).toBeNull();
  });

  const impossible = [
    '169.254.169.254',
    'fd00:ec2::254',
    '0.0.0.0',
    '0.1.2.3',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '239.1.1.1',
    '255.255.255.255',
    '240.0.0.1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001::1',
  ];
  it.each(impossible)('%s is no service’s: refused, whatever the owner allows', (address) => {
    expect(refusalOf(address, false)).not.toBeNull();
    expect(refusalOf(address, true)).not.toBeNull();
  });

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])('%s is public', (address) => {
    expect(refusalOf(address, false)).toBeNull();
  });
});

describe('a name', () => {
  it('is refused when any of its addresses is, with the reason', async () => {
    const resolve = async () => ['93.184.216.34', '10.0.0.7'];
    await expect(checkedAddresses('mixed.example', false, resolve)).rejects.toMatchObject({
      code: 'forbidden-address',
      detail: 'mixed.example (10.0.0.7) is a private network; nothing is sent there unless private addresses are allowed.',
    });
  });

  it('such as localhost is this machine, by whatever name', async () => {
    await expect(checkedAddresses('localhost', false)).rejects.toMatchObject({ code: 'forbidden-address' });
  });
});

describe('a request', () => {
  const forms = [
    '127.0.0.1',
    'localhost',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
  ];
  it.each(forms)('to http://%s reaches nobody', async (host) => {
    const receiver = await ownReceiver();
    await expect(request(`http://${host}:${receiver.port}/`)).rejects.toMatchObject({ code: 'forbidden-address' });
    expect(receiver.received).toEqual([]);
  });

  it('goes to the address that was checked, and the name is looked up once', async () => {
    const receiver = await ownReceiver();
    const answers = [['127.0.0.1'], ['192.0.2.1']];
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return answers.shift() ?? [];
    };
    const { status } = await request(`http://rebinding.example:${receiver.port}/hook`, { allowPrivate: true, resolve });
    expect(status).toBe(200);
    expect(asked).toEqual(['rebinding.example']);
    expect(receiver.received[0]?.headers.host).toBe(`rebinding.example:${receiver.port}`);
  });

  it('that is answered with a redirect follows it nowhere', async () => {
    const [receiver, inside] = [await ownReceiver(), await ownReceiver()];
    receiver.answer({ status: 302, headers: { location: inside.url } });
    expect((await request(receiver.url, { allowPrivate: true })).status).toBe(302);
    expect(inside.received).toEqual([]);
  });

  it('reads only the beginning of an answer', async () => {
    const receiver = await ownReceiver();
    receiver.answer({ status: 500, body: 'x'.repeat(5_000_000) });
    const { status, text } = await request(receiver.url, { allowPrivate: true });
    expect(status).toBe(500);
    expect(text.length).toBeLessThanOrEqual(16 * 1024);
  });

  const waits: [string, number | null][] = [
    ['120', 120_000],
    ['Thu, 01 Jan 2026 00:05:00 GMT', 300_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
  ];
  it.each(waits)('hears Retry-After: %s', async (header, wait) => {
    const receiver = await ownReceiver();
    receiver.answer({ status: 429, headers: { 'retry-after': header } });
    expect((await request(receiver.url, { allowPrivate: true })).retryAfterMs).toBe(wait);
  });

  it('ends when the manager stops, though nobody answers', async () => {
    const stopping = new AbortController();
    const resolve = () => new Promise<never>(() => undefined);
    const sent = request('http://slow.example/', { signal: stopping.signal, resolve });
    stopping.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('what a provider names of itself', () => {
  const sent = { method: 'GET', headers: {}, body: undefined };

  it.each([
    'http://127.0.0.1:PORT/',
    'https://127.0.0.1:PORT/',
    'https://10.0.0.1/',
    'https://169.254.169.254/',
    'http://93.184.216.34/',
  ])('is not asked where it is %s', async (named) => {
    const receiver = await ownReceiver();
    const ask = guardedFetch(new URL('https://id.example.org/'));
    await expect(ask(named.replace('PORT', String(receiver.port)), sent)).rejects.toMatchObject({ code: 'forbidden-address' });
    expect(receiver.received).toEqual([]);
  });

  it('is asked where the owner’s own setting leads, wherever that is; a redirect leads nowhere', async () => {
    const [receiver, inside] = [await ownReceiver(), await ownReceiver()];
    receiver.answer({ status: 302, headers: { location: inside.url } });
    const body = new URLSearchParams({ code: 'x' });
    const answer = await guardedFetch(new URL(receiver.url))(`${new URL(receiver.url).origin}/token`, { ...sent, method: 'POST', body });
    expect(answer.status).toBe(302);
    expect(receiver.received[0]).toMatchObject({ body: 'code=x' });
    await expect(guardedFetch(new URL(receiver.url))(inside.url, sent)).rejects.toMatchObject({ code: 'forbidden-address' });
    expect(inside.received).toEqual([]);
  });
});

describe('a connection that is not HTTP', () => {
  it('is held to the same', async () => {
    const receiver = await ownReceiver();
    await expect(connectTo('localhost', receiver.port, { allowPrivate: false, signal })).rejects.toMatchObject({
      code: 'forbidden-address',
    });
    const socket = await connectTo('mail.example', receiver.port, { allowPrivate: true, signal, resolve: async () => ['127.0.0.1'] });
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
  });
});
