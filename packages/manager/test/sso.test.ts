// Single sign-on with a real provider: who is invited or has tied it may come in, and nobody who merely has the same name; what one
// browser began another cannot finish, and nothing is finished twice.

import type { Grant } from '@mainstay/core/access';
import { contract } from '@mainstay/wire/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../test/e2e/harness/ports.ts';
import { ownManager } from './harness.ts';
import { client, comeBackAs, type OwnProvider, ownProvider } from './provider.ts';
import { firstOwner, type Visitor, visitor } from './visitor.ts';

let provider: OwnProvider;
let manager: Awaited<ReturnType<typeof ownManager>>;
let owner: Visitor;
const grants: Grant[] = [{ role: 'operator', scope: { kind: 'everything' } }];

beforeAll(async () => {
  provider = await ownProvider('userinfo');
  const port = await freePort();
  manager = await ownManager({
    port,
    sso: { issuer: provider.issuer, clientId: client.id, clientSecret: client.secret, name: 'House' },
  });
  provider.allow(manager.url);
  owner = await firstOwner(manager);
});
afterAll(async () => {
  await manager.end();
  await provider.close();
});

/** A browser that goes there and comes back. @returns it, and what it came back with */
async function journey(login: string, invitation?: string) {
  const who = visitor(manager.url);
  const { url } = await who.call(contract.startSso, { body: invitation === undefined ? {} : { invitation } });
  const query = await comeBackAs(url, login);
  return { who, query, finish: () => who.call(contract.finishSso, { body: { query } }) };
}

const invite = async () => (await owner.call(contract.createInvitation, { body: { label: 'Ann', grants } })).code;

describe('a sign-on', () => {
  it('is offered by the provider’s name', async () => {
    expect(await visitor(manager.url).call(contract.getSignInWays, {})).toEqual({ sso: 'House' });
  });

  it('with an invitation makes an account with its role, and signs in to it from then on', async () => {
    const { finish } = await journey('ann', await invite());
    expect(await finish()).toMatchObject({ name: 'ann', access: { grants } });
    const again = await journey('ann');
    expect(await again.finish()).toMatchObject({ name: 'ann' });
    expect(await again.who.call(contract.getFactors, {})).toMatchObject({ password: false, sso: true });
    await expect(again.who.call(contract.untieSso, {})).rejects.toMatchObject({ code: 'not-allowed-in-state' });
  });

  it('whose name cannot be one here is called as the invitation says', async () => {
    const { code } = await owner.call(contract.createInvitation, { body: { label: 'Sam', grants } });
    expect(await (await journey('(no name)', code)).finish()).toMatchObject({ name: 'sam' });
  });

  it('of somebody who is not known lets nobody in, though the name be an owner’s', async () => {
    const { finish, who } = await journey('olga');
    await expect(finish()).rejects.toMatchObject({ code: 'unauthenticated', detail: expect.stringContaining('Nobody here is known') });
    expect((await who.send('/api/session')).status).toBe(401);
  });

  it('is tied to an account by who is signed in to it, and untied again', async () => {
    const { url } = await owner.call(contract.tieSso, {});
    const query = await comeBackAs(url, 'olga-of-the-house');
    expect(await owner.call(contract.finishSso, { body: { query } })).toMatchObject({ name: 'olga' });
    expect(await (await journey('olga-of-the-house')).finish()).toMatchObject({ name: 'olga' });
    await owner.call(contract.untieSso, {});
    await expect((await journey('olga-of-the-house')).finish()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is finished only by the browser that began it, and once', async () => {
    const { query, finish } = await journey('ann');
    const other = visitor(manager.url);
    await expect(other.call(contract.finishSso, { body: { query } })).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await finish()).toMatchObject({ name: 'ann' });
    await expect(finish()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('with a code of another’s making does not succeed, and says nothing of why to a stranger', async () => {
    const { who, query } = await journey('ann');
    const forged = new URLSearchParams(query);
    forged.set('code', 'forged');
    await expect(who.call(contract.finishSso, { body: { query: forged.toString() } })).rejects.toMatchObject({
      code: 'sso-failed',
      detail: 'House did not sign you in.',
    });
  });

  it('with a code that another browser came back with does not succeed', async () => {
    const [victim, attacker] = [await journey('ann'), await journey('mallory')];
    const injected = new URLSearchParams(victim.query);
    injected.set('code', new URLSearchParams(attacker.query).get('code') ?? '');
    const finish = victim.who.call(contract.finishSso, { body: { query: injected.toString() } });
    await expect(finish).rejects.toMatchObject({ code: 'sso-failed' });
    expect(victim.who.cookie()).toBeNull();
  });

  it('of somebody who is shut out lets nobody in', async () => {
    const { items } = await owner.call(contract.listAccounts, {});
    const { id } = items.find(({ name }) => name === 'ann')!;
    await owner.call(contract.changeAccount, { params: { accountId: id }, body: { disabled: true } });
    await expect((await journey('ann')).finish()).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

it('where no provider is set, none is offered', async () => {
  const plain = await ownManager();
  try {
    expect(await visitor(plain.url).call(contract.getSignInWays, {})).toEqual({ sso: null });
    await expect(visitor(plain.url).call(contract.startSso, { body: {} })).rejects.toMatchObject({ code: 'not-found' });
  } finally {
    await plain.end();
  }
});
