// Whoever is shut out stays out: nothing that was begun, made or tied before is a way back in.

import type { Grant, Role } from '@mainstay/core/access';
import { issue } from '@mainstay/manager/app/credentials';
import { contract } from '@mainstay/wire/contract';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../test/e2e/harness/ports.ts';
import { ownManager } from './harness.ts';
import { client, comeBackAs, type OwnProvider, ownProvider } from './provider.ts';
import { firstOwner, invited, password, signedIn, type Visitor, visitor } from './visitor.ts';

let provider: OwnProvider;
let manager: Awaited<ReturnType<typeof ownManager>>;
let owner: Visitor;
const everything = (role: Role): Grant[] => [{ role, scope: { kind: 'everything' } }];
const link = async () => (await issue(manager.store, { kind: 'sign-in', name: 'owner' }, Date.now())).secret;

beforeAll(async () => {
  provider = await ownProvider();
  manager = await ownManager({
    port: await freePort(),
    sso: { issuer: provider.issuer, clientId: client.id, clientSecret: client.secret, name: 'House' },
  });
  provider.allow(manager.url);
  owner = await firstOwner(manager);
});
afterAll(async () => {
  await manager.end();
  await provider.close();
});

let made = 0;
/** Somebody who was invited and came. */
const somebody = (role: Role) => {
  made += 1;
  return invited(manager.url, owner, `${role}-${made}`, role);
};
const shutOut = (id: string, body: object) => owner.call(contract.changeAccount, { params: { accountId: id }, body });
const stranger = { code: 'unauthenticated' };
const codeOf = (secret: string, at: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });

describe('of an owner who is one no more', () => {
  it.each<[string, object]>([
    ['demoted', { grants: everything('viewer') }],
    ['shut out', { disabled: true }],
  ])('%s: no invitation, reset link or join token is good, and all are once they may again', async (_, change) => {
    const [eve, other] = [await somebody('owner'), await somebody('viewer')];
    const invitation = await eve.call(contract.createInvitation, { body: { label: 'back door', grants: everything('owner') } });
    const reset = await eve.call(contract.createResetLink, { params: { accountId: other.id } });
    await eve.call(contract.createJoinToken, {});
    await shutOut(eve.id, change);
    const door = visitor(manager.url);
    const accept = () => door.call(contract.acceptInvitation, { body: { code: invitation.code, name: `door-${made}`, password } });
    // Told before a name and a password were chosen for it.
    await expect(door.call(contract.readInvitation, { body: { code: invitation.code } })).rejects.toMatchObject(stranger);
    await expect(door.call(contract.readResetLink, { body: { code: reset.code } })).rejects.toMatchObject(stranger);
    await expect(accept()).rejects.toMatchObject({ ...stranger, detail: expect.stringContaining('may not make one any more') });
    await expect(door.call(contract.resetPassword, { body: { code: reset.code, password } })).rejects.toMatchObject(stranger);
    expect(door.cookie()).toBeNull();
    const tokens = await manager.store.db.selectFrom('credentials').select('made_by').where('kind', '=', 'join').execute();
    expect(tokens.map(({ made_by }) => made_by)).toContain(eve.id);
    await shutOut(eve.id, { grants: everything('owner'), disabled: false });
    expect(await accept()).toMatchObject({ name: `door-${made}` });
  });
});

describe('what was begun before', () => {
  it('a second step is no way in after a reset, or after being signed out everywhere', async () => {
    const who = await somebody('viewer');
    const { ticket, secret } = await who.call(contract.createTotp, {});
    await who.call(contract.confirmTotp, { body: { ticket, code: codeOf(secret, Date.now()) } });
    const first = async () => {
      const refused = await signedIn(manager.url, who.name, password).catch((error: unknown) => error);
      return (refused as { extra: { ticket: string } }).extra.ticket;
    };
    const second = async (held: string) => {
      const body = { ticket: held, code: codeOf(secret, Date.now() + 30_000) };
      return visitor(manager.url).call(contract.signInByCode, { body });
    };
    const before = await first();
    await owner.call(contract.endSessions, { params: { accountId: who.id } });
    await expect(second(before)).rejects.toMatchObject(stranger);
    const again = await first();
    const { code } = await owner.call(contract.createResetLink, { params: { accountId: who.id } });
    await expect(
      visitor(manager.url).call(contract.resetPassword, { body: { code, password: 'a new long password' } }),
    ).rejects.toMatchObject({ code: 'second-factor', extra: { ticket: expect.any(String) } });
    await expect(second(again)).rejects.toMatchObject(stranger);
  });

  it('tying a sign-on ends with the sessions', async () => {
    const who = await somebody('viewer');
    const { url } = await who.call(contract.tieSso, {});
    const query = await comeBackAs(url, `thief-${made}`);
    await owner.call(contract.endSessions, { params: { accountId: who.id } });
    await expect(who.call(contract.finishSso, { body: { query } })).rejects.toMatchObject(stranger);
    expect(await manager.store.db.selectFrom('identities').selectAll().where('account_id', '=', who.id).execute()).toEqual([]);
  });

  it('and a sign-on that was tied goes when an owner drops the second step, with whatever is open', async () => {
    const who = await somebody('viewer');
    const { url } = await who.call(contract.tieSso, {});
    await who.call(contract.finishSso, { body: { query: await comeBackAs(url, `thief-${made}`) } });
    await owner.call(contract.removeFactors, { params: { accountId: who.id } });
    await expect(who.call(contract.getSession, {})).rejects.toMatchObject(stranger);
    const thief = visitor(manager.url);
    const back = await thief.call(contract.startSso, { body: {} });
    const query = await comeBackAs(back.url, `thief-${made}`);
    await expect(thief.call(contract.finishSso, { body: { query } })).rejects.toMatchObject(stranger);
    await signedIn(manager.url, who.name, password);
  });

  it('a sign-on that is another’s is tied to nobody else, and signs nobody in as them', async () => {
    const [first, second] = [await somebody('viewer'), await somebody('viewer')];
    const tie = async (who: Visitor, login: string) => {
      const { url } = await who.call(contract.tieSso, {});
      return who.call(contract.finishSso, { body: { query: await comeBackAs(url, login) } });
    };
    await tie(first, `shared-${made}`);
    await expect(tie(second, `shared-${made}`)).rejects.toMatchObject({ code: 'name-taken' });
    expect(await second.call(contract.getSession, {})).toMatchObject({ name: second.name });
  });
});

describe('a session by a link of the manager’s machine', () => {
  it('is short once there is an owner, and ends when the first one is made', async () => {
    const helper = visitor(manager.url);
    const { expiresAt } = await helper.call(contract.signIn, { body: { code: await link() } });
    expect(expiresAt! - Date.now()).toBeLessThanOrEqual(60 * 60 * 1000);
    const fresh = await ownManager();
    try {
      const code = async () => (await issue(fresh.store, { kind: 'sign-in', name: 'owner' }, Date.now())).secret;
      const [stray, first] = [visitor(fresh.url), visitor(fresh.url)];
      await stray.call(contract.signIn, { body: { code: await code() } });
      await first.call(contract.signIn, { body: { code: await code() } });
      await first.call(contract.makeOwner, { body: { name: 'olga', password } });
      await expect(stray.call(contract.getSession, {})).rejects.toMatchObject(stranger);
      expect(await first.call(contract.getSession, {})).toMatchObject({ name: 'olga' });
    } finally {
      await fresh.end();
    }
  });
});

describe('with what somebody signs in', () => {
  it('is changed only shortly after they signed in: a browser that was left open is not enough', async () => {
    const who = await somebody('viewer');
    const { ticket, secret } = await who.call(contract.createTotp, {});
    await manager.store.db
      .updateTable('credentials')
      .set({ created_at: Date.now() - 16 * 60 * 1000 })
      .where('account_id', '=', who.id)
      .execute();
    const late = { code: 'sign-in-again', detail: expect.stringContaining('Sign out and in again') };
    await expect(who.call(contract.createTotp, {})).rejects.toMatchObject(late);
    await expect(who.call(contract.confirmTotp, { body: { ticket, code: codeOf(secret, Date.now()) } })).rejects.toMatchObject(late);
    await expect(who.call(contract.removeTotp, {})).rejects.toMatchObject(late);
    await expect(who.call(contract.registerPasskey, {})).rejects.toMatchObject(late);
    await expect(who.call(contract.removePasskey, { params: { passkeyId: 'any' } })).rejects.toMatchObject(late);
    await expect(who.call(contract.tieSso, {})).rejects.toMatchObject(late);
    await expect(who.call(contract.untieSso, {})).rejects.toMatchObject(late);
    expect(await who.call(contract.getFactors, {})).toMatchObject({ totp: false, passkeys: [] });
  });

  it('an authenticator app ends what was opened without one', async () => {
    const who = await somebody('viewer');
    const elsewhere = await signedIn(manager.url, who.name, password);
    const { ticket, secret } = await who.call(contract.createTotp, {});
    await who.call(contract.confirmTotp, { body: { ticket, code: codeOf(secret, Date.now()) } });
    await expect(elsewhere.call(contract.getSession, {})).rejects.toMatchObject(stranger);
    expect(await who.call(contract.getSession, {})).toMatchObject({ name: who.name });
  });
});

describe('a token', () => {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it('sees and revokes itself alone, unless it may manage people', async () => {
    const who = await somebody('owner');
    const make = (name: string, role: Role) => who.call(contract.createToken, { body: { name, grants: everything(role) } });
    const [dashboard, deploy] = [await make('dashboard', 'viewer'), await make('deploy', 'owner')];
    const listed = (await (await fetch(`${manager.url}/api/tokens`, bearer(dashboard.token))).json()) as { items: { id: string }[] };
    expect(listed.items.map(({ id }) => id)).toEqual([dashboard.id]);
    const revoke = (id: string) => fetch(`${manager.url}/api/tokens/${id}`, { method: 'DELETE', ...bearer(dashboard.token) });
    expect((await revoke(deploy.id)).status).toBe(404);
    expect((await revoke(dashboard.id)).status).toBe(204);
  });

  it('that is called like somebody is told with who made it, and has keys of its own', async () => {
    const who = await somebody('admin');
    const { token } = await who.call(contract.createToken, { body: { name: 'olga', grants: everything('admin') } });
    const start = (headers: object, serverId: string) =>
      fetch(`${manager.url}/api/servers/${serverId}/stop`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'deploy-1', ...headers },
      });
    const [mine, theirs] = [await manager.server(`mine-${made}`, 'running'), await manager.server(`theirs-${made}`, 'running')];
    const asOwner = await owner.send(`/api/servers/${mine}/stop`, { method: 'POST', headers: { 'idempotency-key': 'deploy-1' } });
    expect(await asOwner.json()).toMatchObject({ serverId: mine, requestedBy: 'olga' });
    const asToken = await start(bearer(token).headers, theirs);
    expect(await asToken.json()).toMatchObject({ serverId: theirs, requestedBy: `${who.name}’s token “olga”` });
    const again = await start(bearer(token).headers, theirs);
    expect(await again.json()).toMatchObject({ serverId: theirs });
  });
});

const untilAborted = (_: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())));

describe('at once, whatever is looked at from time to time', () => {
  it('an event stream ends: of somebody demoted, signed out, removed, and of a session that is taken over', async () => {
    // Nothing wakes by itself: only what is told ends anything.
    const never = { now: () => Date.now(), running: () => performance.now(), pause: untilAborted };
    const still = await ownManager({}, never);
    try {
      const boss = visitor(still.url);
      const { secret: code } = await issue(still.store, { kind: 'sign-in', name: 'owner' }, Date.now());
      await boss.call(contract.signIn, { body: { code } });
      await boss.call(contract.makeOwner, { body: { name: 'olga', password } });
      const guest = async (name: string) => {
        const { code } = await boss.call(contract.createInvitation, { body: { label: name, grants: everything('operator') } });
        const who = visitor(still.url);
        const { account } = await who.call(contract.acceptInvitation, { body: { code, name, password } });
        const stream = await who.send('/api/events');
        expect(stream.status).toBe(200);
        return { accountId: account!.id, who, over: stream.text() };
      };
      const [demoted, out, removed, taken] = [await guest('demoted'), await guest('out'), await guest('removed'), await guest('taken')];
      await boss.call(contract.changeAccount, { params: demoted, body: { grants: everything('viewer') } });
      await demoted.over;
      await boss.call(contract.endSessions, { params: out });
      await out.over;
      await boss.call(contract.removeAccount, { params: removed });
      await removed.over;
      const { over, who } = taken;
      await who.call(contract.signInByPassword, { body: { name: 'taken', password } });
      await over;
    } finally {
      await still.end();
    }
  });
});
