// Guessing: how often who may try what, and what a guess tells. Each on a manager of its own, for guesses are counted.

import { rules } from '@mainstay/manager/attempts';
import { contract } from '@mainstay/wire/contract';
import { verify } from '@node-rs/argon2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownManager } from './harness.ts';
import { firstOwner, password, signedIn, type Visitor } from './visitor.ts';

// The real one, counted.
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof import('@node-rs/argon2')>();
  return { ...real, verify: vi.fn(real.verify) };
});

const name = 'olga';
let manager: Awaited<ReturnType<typeof ownManager>>;
let owner: Visitor;

beforeEach(async () => {
  manager = await ownManager({ trustedProxies: ['127.0.0.1'] });
  owner = await firstOwner(manager);
});
afterEach(() => manager.end());

describe('a sign-in', () => {
  it('is not held back by guesses from elsewhere in a browser that its owner signed in with', async () => {
    const { send, call } = owner;
    const guess = () => signedIn(manager.url, name, 'a wrong guess').catch((error: { code: string }) => error.code);
    for (let n = 0; n < 7; n += 1) await guess();
    expect(await guess()).toBe('rate-limited');
    await expect(signedIn(manager.url, name, password)).rejects.toMatchObject({ code: 'rate-limited' });
    await send('/api/session', { method: 'DELETE' });
    expect(await call(contract.signInByPassword, { body: { name, password } })).toMatchObject({ name });
    // What it keeps lets nobody in, and is no help with another's name.
    await send('/api/session', { method: 'DELETE' });
    expect((await send('/api/session')).status).toBe(401);
    await expect(call(contract.signInByPassword, { body: { name, password: 'a wrong guess' } })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('takes as much work for a name that nobody has: a hash is compared with each time', async () => {
    for (const each of [name, 'nobody-has-this-name']) {
      vi.mocked(verify).mockClear();
      await signedIn(manager.url, each, 'a wrong guess').catch(() => undefined);
      expect({ each, hashes: vi.mocked(verify).mock.calls.length }).toEqual({ each, hashes: 1 });
    }
  });

  it('is held back from one address whoever is named, and by the true address where a proxy is trusted', async () => {
    const guess = async (from: string, name: string) => {
      const body = JSON.stringify({ name, password: 'a wrong guess' });
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': from };
      return (await fetch(`${manager.url}/api/session/password`, { method: 'POST', headers, body })).status;
    };
    const token = async (from: string) =>
      (await fetch(`${manager.url}/api/servers`, { headers: { authorization: 'Bearer nobodys', 'x-forwarded-for': from } })).status;
    for (let n = 0; n <= rules.address.free; n += 1) expect(await guess('198.51.100.7', `name-${n}`)).toBe(401);
    expect(await guess('198.51.100.7', 'another')).toBe(429);
    expect(await guess('198.51.100.8', 'another')).toBe(401);
    for (let n = 0; n <= rules.secret.free; n += 1) await token('198.51.100.9');
    expect(await token('198.51.100.9')).toBe(429);
    const code = async () => {
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.9' };
      return (await fetch(`${manager.url}/api/session`, { method: 'POST', headers, body: '{"code":"guessed"}' })).status;
    };
    expect(await code()).toBe(429);
    expect(await token('198.51.100.10')).toBe(401);
  });
});
