// People: the first owner, signing in, invitations and reset links, what is shut out at once, and what an attacker tries.

import { type Grant, missing, ownerOfAll, type Role } from '@mainstay/core/access';
import { issue } from '@mainstay/manager/app/credentials';
import { contract, type Route } from '@mainstay/wire/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChanges } from '../../../test/e2e/harness/changes.ts';
import { ownManager } from './harness.ts';
import { firstOwner, invited, password, signedIn, type Visitor, visitor } from './visitor.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
let owner: Visitor;
const everything = (role: Role): Grant[] => [{ role, scope: { kind: 'everything' } }];

beforeAll(async () => {
  manager = await ownManager();
  owner = await firstOwner(manager);
});
afterAll(() => manager.end());

let made = 0;
/** Somebody who was invited and came. */
const somebody = (role: Role) => {
  made += 1;
  return invited(manager.url, owner, `${role}-${made}`, role);
};

describe('the first start', () => {
  it('has nobody, and no password lets anybody in; a link from the machine makes the owner, once', async () => {
    const fresh = await ownManager();
    try {
      expect(await fresh.store.db.selectFrom('accounts').selectAll().execute()).toEqual([]);
      for (const name of ['admin', 'root', 'owner', 'mainstay']) {
        await expect(signedIn(fresh.url, name, name)).rejects.toMatchObject({ code: 'unauthenticated' });
      }
      const { secret: code } = await issue(fresh.store, { kind: 'sign-in', name: 'owner' }, Date.now());
      const first = visitor(fresh.url);
      expect(await first.call(contract.signIn, { body: { code } })).toMatchObject({ account: null, ownerMissing: true });
      const before = first.cookie();
      const session = await first.call(contract.makeOwner, { body: { name: 'Olga', password } });
      expect(session).toMatchObject({ name: 'olga', ownerMissing: false, access: { grants: ownerOfAll, within: null } });
      expect(first.cookie()).not.toBe(before);
      await expect(first.call(contract.makeOwner, { body: { name: 'second', password } })).rejects.toMatchObject({
        code: 'not-allowed-in-state',
      });
      expect((await first.call(contract.listAccounts, {})).items).toMatchObject([{ name: 'olga', grants: ownerOfAll }]);
    } finally {
      await fresh.end();
    }
  });
});

describe('signing in with name and password', () => {
  it('gives a session in a cookie that no script reads and no other site sends', async () => {
    const { cookie, lastSetCookie, call } = await signedIn(manager.url, ' Olga ', password);
    expect(lastSetCookie()).toMatch(/; HttpOnly/);
    expect(lastSetCookie()).toMatch(/; SameSite=Strict/);
    expect(await call(contract.getSession, {})).toMatchObject({ name: 'olga', account: { name: 'olga' } });
    const kept = JSON.stringify(await manager.store.db.selectFrom('credentials').selectAll().execute());
    expect(kept).not.toContain(cookie());
  });

  it('keeps passwords as Argon2id alone', async () => {
    const rows = await manager.store.db.selectFrom('accounts').selectAll().execute();
    expect(rows.map(({ password_hash }) => password_hash?.split('$')[1])).toEqual(rows.map(() => 'argon2id'));
    expect(JSON.stringify(rows)).not.toContain(password);
  });

  it('tells nothing of who there is: a wrong name, a wrong password and one who is shut out are answered alike', async () => {
    const gone = await somebody('viewer');
    await owner.call(contract.changeAccount, { params: { accountId: gone.id }, body: { disabled: true } });
    const tries = [
      ['nobody-here', password],
      ['olga', 'not the password'],
      [gone.name, password],
    ] as const;
    const answers = await Promise.all(
      tries.map(([name, tried]) =>
        fetch(`${manager.url}/api/session/password`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name, password: tried }),
        }).then(async (response) => [response.status, await response.text(), response.headers.getSetCookie()]),
      ),
    );
    expect(answers).toEqual(tries.map(() => answers[0]));
    expect(answers[0]).toMatchObject([401, expect.stringContaining('Name or password is not right.'), []]);
  });

  it('is held back after a few wrong ones, the right one too, many at once too, and says how long', async () => {
    const { name } = await somebody('viewer');
    const tried = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        signedIn(manager.url, name, `guess number ${at}`).catch((error: unknown) => error as { code: string; extra: object }),
      ),
    );
    const codes = tried.map((each) => ('code' in each ? each.code : 'let in'));
    expect(codes.filter((code) => code === 'unauthenticated').length).toBeLessThanOrEqual(6);
    expect(codes).toContain('rate-limited');
    await expect(signedIn(manager.url, name, password)).rejects.toMatchObject({
      code: 'rate-limited',
      extra: { retryAfterSeconds: expect.any(Number) },
    });
  });

  it('ends the session that the browser had before, whoever made it', async () => {
    const attacker = await somebody('viewer');
    const victim = visitor(manager.url);
    const planted = attacker.cookie()!;
    victim.take(planted);
    await victim.call(contract.signInByPassword, { body: { name: 'olga', password } });
    expect(victim.cookie()).not.toBe(planted);
    await expect(attacker.call(contract.getSession, {})).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('a request that another site’s page sends', () => {
  const mutating = (Object.values(contract) as Route[]).filter(({ method }) => method !== 'GET');
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': '', origin: 'https://evil.example' },
    { 'sec-fetch-site': '', origin: 'null' },
  ];

  it.each(mutating.map((route) => [`${route.method} ${route.path}`, route] as const))('is refused: %s', async (_, route) => {
    for (const headers of foreign) {
      const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
      const response = await fetch(manager.url + route.path.replace(/:\w+/g, 'x'), {
        method: route.method,
        headers: { cookie: `mainstay_session=${owner.cookie()}`, 'content-type': 'application/json', ...given },
        body: '{}',
      });
      expect({ route: route.path, status: response.status }).toEqual({ route: route.path, status: 403 });
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect(await owner.call(contract.getSession, {})).toMatchObject({ name: 'olga' });
  });
});

describe('an invitation', () => {
  const invite = () => owner.call(contract.createInvitation, { body: { label: 'Ann', grants: everything('operator') } });
  const accept = (code: string, name: string) => visitor(manager.url).call(contract.acceptInvitation, { body: { code, name, password } });

  it('makes an account with the role that it names, once', async () => {
    const { code } = await invite();
    expect(await accept(code, 'ann')).toMatchObject({ name: 'ann', access: { grants: everything('operator') } });
    await expect(accept(code, 'ann-again')).rejects.toMatchObject({
      code: 'unauthenticated',
      detail: expect.stringContaining('used already'),
    });
    expect((await owner.call(contract.listAccounts, {})).items.map(({ name }) => name)).not.toContain('ann-again');
  });

  it('lets one in of two who come at once', async () => {
    const { code } = await invite();
    const came = await Promise.allSettled([accept(code, 'first'), accept(code, 'second')]);
    expect(came.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is still good when the name was taken', async () => {
    const { code } = await invite();
    await expect(accept(code, 'OLGA')).rejects.toMatchObject({ code: 'name-taken', extra: { errors: [{ path: '/name' }] } });
    expect(await accept(code, 'ben')).toMatchObject({ name: 'ben' });
  });

  it('that is taken back, or too old, lets nobody in', async () => {
    const [taken, old] = [await invite(), await invite()];
    await owner.call(contract.revokeInvitation, { params: { invitationId: taken.id } });
    await manager.store.db
      .updateTable('credentials')
      .set({ expires_at: Date.now() - 1 })
      .where('id', '=', old.id)
      .execute();
    await expect(accept(taken.code, 'cy')).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(accept(old.code, 'cy')).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(JSON.stringify(await owner.call(contract.listInvitations, {}))).not.toContain(old.id);
  });
});

describe('a reset link', () => {
  it('sets a new password once, and ends what was open with the former one', async () => {
    const who = await somebody('viewer');
    const { code } = await owner.call(contract.createResetLink, { params: { accountId: who.id } });
    const back = visitor(manager.url);
    await back.call(contract.resetPassword, { body: { code, password: 'another long password' } });
    expect(await back.call(contract.getSession, {})).toMatchObject({ name: who.name });
    await expect(who.call(contract.getSession, {})).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(signedIn(manager.url, who.name, password)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(visitor(manager.url).call(contract.resetPassword, { body: { code, password: 'yet another one' } })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await signedIn(manager.url, who.name, 'another long password');
  });

  it('made anew is the only one that is good', async () => {
    const who = await somebody('viewer');
    const [first] = [await owner.call(contract.createResetLink, { params: { accountId: who.id } })];
    await owner.call(contract.createResetLink, { params: { accountId: who.id } });
    await expect(
      visitor(manager.url).call(contract.resetPassword, { body: { code: first.code, password: 'another long password' } }),
    ).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('what somebody may do', () => {
  it('changes at once: the next request, the event stream, their tokens', async () => {
    const who = await somebody('admin');
    const { token } = await who.call(contract.createToken, { body: { name: 'robot', grants: everything('admin') } });
    await who.call(contract.createJoinToken, {});
    const page = await openChanges(manager.url, token);
    await owner.call(contract.changeAccount, { params: { accountId: who.id }, body: { grants: everything('viewer') } });
    await page.ended;
    await expect(who.call(contract.createJoinToken, {})).rejects.toMatchObject({ code: 'forbidden', detail: missing('hosts') });
    const asToken = await fetch(`${manager.url}/api/agents/join-tokens`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect(asToken.status).toBe(403);
    await openChanges(manager.url, token).then((again) => again.close());
  });

  it('ends with them: removed, shut out, or signed out by an owner', async () => {
    const [removed, shut, out] = [await somebody('viewer'), await somebody('viewer'), await somebody('viewer')];
    const { token } = await removed.call(contract.createToken, { body: { name: 'robot', grants: everything('viewer') } });
    const page = await openChanges(manager.url, token);
    await owner.call(contract.removeAccount, { params: { accountId: removed.id } });
    await page.ended;
    await owner.call(contract.changeAccount, { params: { accountId: shut.id }, body: { disabled: true } });
    await owner.call(contract.endSessions, { params: { accountId: out.id } });
    for (const who of [removed, shut, out]) {
      await expect(who.call(contract.getSession, {})).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    expect((await fetch(`${manager.url}/api/servers`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
    await signedIn(manager.url, out.name, password);
  });

  it('never leaves nobody who could change it', async () => {
    const { items } = await owner.call(contract.listAccounts, {});
    const { id } = items.find(({ name }) => name === 'olga')!;
    const last = { code: 'last-owner', detail: expect.stringContaining('last owner') };
    await expect(owner.call(contract.removeAccount, { params: { accountId: id } })).rejects.toMatchObject(last);
    await expect(owner.call(contract.changeAccount, { params: { accountId: id }, body: { disabled: true } })).rejects.toMatchObject(last);
    await expect(
      owner.call(contract.changeAccount, { params: { accountId: id }, body: { grants: everything('admin') } }),
    ).rejects.toMatchObject(last);
    expect(await owner.call(contract.getSession, {})).toMatchObject({ access: { grants: ownerOfAll } });
  });

  it('bounds the tokens that they make', async () => {
    const who = await somebody('operator');
    await expect(who.call(contract.createToken, { body: { name: 'more', grants: everything('admin') } })).rejects.toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('no more than you'),
    });
    await who.call(contract.createToken, { body: { name: 'less', grants: everything('viewer') } });
    expect((await who.call(contract.listTokens, {})).items.map(({ name, madeBy }) => [name, madeBy])).toEqual([['less', who.name]]);
  });
});

describe('one’s own account', () => {
  it('takes the present password for a new one, and signs out everywhere else', async () => {
    const who = await somebody('viewer');
    const elsewhere = await signedIn(manager.url, who.name, password);
    await expect(
      who.call(contract.changePassword, { body: { current: 'not it at all', password: 'a new long password' } }),
    ).rejects.toMatchObject({ code: 'invalid-request', extra: { errors: [{ path: '/current' }] } });
    const before = who.cookie();
    await who.call(contract.changePassword, { body: { current: password, password: 'a new long password' } });
    expect(who.cookie()).not.toBe(before);
    await expect(elsewhere.call(contract.getSession, {})).rejects.toMatchObject({ code: 'unauthenticated' });
    await signedIn(manager.url, who.name, 'a new long password');
  });

  it('shows where one is signed in, and ends one of them or all others', async () => {
    const who = await somebody('viewer');
    const [second, third] = [await signedIn(manager.url, who.name, password), await signedIn(manager.url, who.name, password)];
    const { items } = await who.call(contract.listOwnSessions, {});
    expect(items.map(({ current }) => current)).toEqual([false, false, true]);
    expect(items[0]).toMatchObject({ address: '127.0.0.1', userAgent: 'node' });
    await third.call(contract.endOwnSession, { params: { sessionId: items[1]!.id } });
    await expect(second.call(contract.getSession, {})).rejects.toMatchObject({ code: 'unauthenticated' });
    await who.call(contract.endOtherSessions, {});
    await expect(third.call(contract.getSession, {})).rejects.toMatchObject({ code: 'unauthenticated' });
    expect((await who.call(contract.listOwnSessions, {})).items).toHaveLength(1);
  });

  it('is no token’s, and nobody else’s', async () => {
    const [who, other] = [await somebody('viewer'), await somebody('viewer')];
    const [session] = (await other.call(contract.listOwnSessions, {})).items;
    await expect(who.call(contract.endOwnSession, { params: { sessionId: session!.id } })).rejects.toMatchObject({ code: 'not-found' });
    await expect(manager.call(contract.listOwnSessions, {})).rejects.toMatchObject({ code: 'forbidden' });
  });
});
