// Passkeys under attack: an answer signs in once, from the manager's own page, for whom it was asked, when the device has made sure
// who is there; whatever else one is, lets nobody in.

import { request } from 'node:http';
import { type Call, createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newPasskey, type Passkey, type Said } from './authenticator.ts';
import { ownManager } from './harness.ts';
import { firstOwner, password, signedIn, type Visitor, visitor } from './visitor.ts';

const host = '127.0.0.1';
let manager: Awaited<ReturnType<typeof ownManager>>;
let owner: Visitor;
let people = 0;

beforeAll(async () => {
  manager = await ownManager({ trustedProxies: ['127.0.0.1'] });
  owner = await firstOwner(manager);
});
afterAll(() => manager.end());

/** Somebody new, signed in. */
async function person(): Promise<Visitor> {
  people += 1;
  const name = `person-${people}`;
  const { code } = await owner.call(contract.createInvitation, {
    body: { label: name, grants: [{ role: 'viewer', scope: { kind: 'everything' } }] },
  });
  await visitor(manager.url).call(contract.acceptInvitation, { body: { code, name, password } });
  return signedIn(manager.url, name, password);
}

const ours = (challenge: string, more: Partial<Said> = {}): Said => ({ origin: manager.url, host, challenge, ...more });
const challengeToAdd = async (who: Visitor) => (await who.call(contract.registerPasskey, {})).options.challenge;
const challengeToSignIn = async () => (await stranger()(contract.askPasskey, {})).options.challenge;

let addresses = 0;
/** Somebody at an address of their own: how long wrong answers are waited for is another test's. */
function stranger(): Call {
  addresses += 1;
  const own = { 'x-forwarded-for': `198.51.100.${addresses}`, 'sec-fetch-site': 'same-origin' };
  return createClient({
    baseUrl: manager.url,
    fetch: (at, init) => fetch(at, { ...init, headers: { ...(init?.headers as Record<string, string>), ...own } }),
  });
}

async function add(who: Visitor, passkey: Passkey, more: Partial<Said> = {}) {
  const response = passkey.made(ours(await challengeToAdd(who), more)) as { id: string };
  return who.call(contract.addPasskey, { body: { name: 'device', response } });
}
const signInBy = (passkey: Passkey, said: Said) =>
  stranger()(contract.signInByPasskey, { body: { response: passkey.used(said) as { id: string } } });

let who: Visitor;
let passkey: Passkey;
beforeEach(async () => {
  who = await person();
  passkey = newPasskey();
  await add(who, passkey, { counter: 5 });
});

describe('a passkey', () => {
  it('signs in, as often as it is asked anew', async () => {
    const { name } = await who.call(contract.getSession, {});
    for (const counter of [6, 7]) expect(await signInBy(passkey, ours(await challengeToSignIn(), { counter }))).toMatchObject({ name });
  });

  const wrong: [what: string, more: Partial<Said>][] = [
    ['from another page', { origin: 'https://evil.example' }],
    ['from another port of the same host', { origin: `http://${host}:1` }],
    ['from the same name with another scheme', { origin: `https://${host}` }],
    ['for another host', { host: 'evil.example' }],
    ['of a device that has not made sure who is there', { verified: false }],
    ['to a challenge that was never given', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
  ];
  it.each(wrong)('signs nobody in %s', async (_, more) => {
    await expect(signInBy(passkey, ours(await challengeToSignIn(), { counter: 6, ...more }))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it.each(wrong)('is not added %s', async (_, more) => {
    await expect(add(who, newPasskey(), more)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect((await who.call(contract.getFactors, {})).passkeys).toHaveLength(1);
  });

  it('whose answer was overheard signs nobody in again', async () => {
    const said = ours(await challengeToSignIn(), { counter: 6 });
    await signInBy(passkey, said);
    await expect(signInBy(passkey, { ...said, counter: 7 })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('that was copied is found out by its count', async () => {
    await expect(signInBy(passkey, ours(await challengeToSignIn(), { counter: 5 }))).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('signs nobody in by a key of another’s making under its id', async () => {
    const forged = newPasskey(Buffer.from(passkey.id, 'base64url'));
    await expect(signInBy(forged, ours(await challengeToSignIn(), { counter: 6 }))).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('answers no challenge that was given for something else', async () => {
    await expect(signInBy(passkey, ours(await challengeToAdd(who), { counter: 6 }))).rejects.toMatchObject({ code: 'unauthenticated' });
    const response = newPasskey().made(ours(await challengeToAdd(await person()))) as { id: string };
    await expect(who.call(contract.addPasskey, { body: { name: 'theirs', response } })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is added once, and by nobody else under its id', async () => {
    await expect(add(who, passkey)).rejects.toMatchObject({ code: 'name-taken' });
    const other = await person();
    await expect(add(other, newPasskey(Buffer.from(passkey.id, 'base64url')))).rejects.toMatchObject({ code: 'name-taken' });
    expect((await other.call(contract.getFactors, {})).passkeys).toEqual([]);
    expect(await signInBy(passkey, ours(await challengeToSignIn(), { counter: 6 }))).toMatchObject({});
  });

  it('made for a page on another port is not passed on as made for ours, whatever host is said to be asked', async () => {
    const evil = `${host}:1`;
    const challenge = await challengeToSignIn();
    const body = JSON.stringify({ response: passkey.used(ours(challenge, { origin: `http://${evil}`, counter: 6 })) });
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: evil, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
      const sent = request(`${manager.url}${contract.signInByPasskey.path}`, { method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject);
      sent.end(body);
    });
    expect(status).toBe(400);
  });
});
