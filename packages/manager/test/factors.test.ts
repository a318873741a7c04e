// The second step of a sign-in: an authenticator app's codes, each good once, and recovery codes for when it is lost.

import { contract } from '@mainstay/wire/contract';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownManager } from './harness.ts';
import { firstOwner, password, type Visitor, visitor } from './visitor.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
let owner: Visitor;

beforeAll(async () => {
  manager = await ownManager();
  owner = await firstOwner(manager);
});
afterAll(() => manager.end());

const step = 30_000;
/** The code of a moment, by default one step on: the one of now was used to set the app up. */
const codeAt = (secret: string, at = Date.now() + step) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });

let made = 0;
/** Somebody with an authenticator app. */
async function withApp() {
  made += 1;
  const name = `ann-${made}`;
  const { code } = await owner.call(contract.createInvitation, {
    body: { label: name, grants: [{ role: 'viewer', scope: { kind: 'everything' } }] },
  });
  const who = visitor(manager.url);
  const { account } = await who.call(contract.acceptInvitation, { body: { code, name, password } });
  const { ticket, secret } = await who.call(contract.createTotp, {});
  const { codes } = await who.call(contract.confirmTotp, { body: { ticket, code: codeAt(secret, Date.now()) } });
  return { who, name, id: account!.id, secret, codes };
}

/** The first step: its ticket, as it is refused. */
async function firstStep(name: string): Promise<{ person: Visitor; ticket: string }> {
  const person = visitor(manager.url);
  const refused = await person.call(contract.signInByPassword, { body: { name, password } }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'second-factor', extra: { ticket: expect.any(String) } });
  expect(person.cookie()).toBeNull();
  return { person, ticket: (refused as { extra: { ticket: string } }).extra.ticket };
}

describe('an authenticator app', () => {
  it('changes nothing before a code of it was confirmed', async () => {
    const { secret } = await owner.call(contract.createTotp, {});
    const { ticket } = await owner.call(contract.createTotp, {});
    await expect(owner.call(contract.confirmTotp, { body: { ticket, code: codeAt(secret, Date.now()) } })).rejects.toMatchObject({
      code: 'invalid-request',
      extra: { errors: [{ path: '/code' }] },
    });
    expect(await owner.call(contract.getFactors, {})).toMatchObject({ password: true, totp: false });
    await visitor(manager.url).call(contract.signInByPassword, { body: { name: 'olga', password } });
  });

  it('is asked for behind the password, and its secret is kept sealed', async () => {
    const { name, secret, who } = await withApp();
    const { person, ticket } = await firstStep(name);
    expect(await person.call(contract.signInByCode, { body: { ticket, code: codeAt(secret) } })).toMatchObject({ name });
    expect(await who.call(contract.getFactors, {})).toMatchObject({ totp: true, recoveryCodes: 10 });
    expect(JSON.stringify(await manager.store.db.selectFrom('accounts').selectAll().execute())).not.toContain(secret);
  });

  it('has codes that are good once, also for two that come at one moment', async () => {
    const { name, secret } = await withApp();
    const [first, second] = [await firstStep(name), await firstStep(name)];
    const code = codeAt(secret);
    const came = await Promise.allSettled(
      [first, second].map(({ person, ticket }) => person.call(contract.signInByCode, { body: { ticket, code } })),
    );
    expect(came.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('lets nobody guess: after a few codes there is a pause, whatever the ticket', async () => {
    const { name } = await withApp();
    const codes: string[] = [];
    for (let n = 0; n < 8; n += 1) {
      const { person, ticket } = await firstStep(name);
      const error = await person.call(contract.signInByCode, { body: { ticket, code: '000000' } }).catch((fault: unknown) => fault);
      codes.push((error as { code: string }).code);
    }
    expect(codes).toContain('rate-limited');
  });

  it('that is lost is made up for by a recovery code, once', async () => {
    const { name, codes } = await withApp();
    const use = async () => {
      const { person, ticket } = await firstStep(name);
      return person.call(contract.signInByCode, { body: { ticket, code: codes[0]! } });
    };
    expect(await use()).toMatchObject({ name });
    await expect(use()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is asked for after a reset link, too; an owner can drop it', async () => {
    const { name, id } = await withApp();
    const { code } = await owner.call(contract.createResetLink, { params: { accountId: id } });
    const back = visitor(manager.url);
    await expect(back.call(contract.resetPassword, { body: { code, password } })).rejects.toMatchObject({ code: 'second-factor' });
    expect(back.cookie()).toBeNull();
    await owner.call(contract.removeFactors, { params: { accountId: id } });
    expect(await back.call(contract.signInByPassword, { body: { name, password } })).toMatchObject({ name });
  });

  it('is never asked for by a ticket of somebody else’s making', async () => {
    const { secret } = await withApp();
    await expect(
      visitor(manager.url).call(contract.signInByCode, { body: { ticket: 'not-a-ticket', code: codeAt(secret) } }),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
