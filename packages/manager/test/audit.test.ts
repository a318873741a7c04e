// The audit log: who did what, on what, from where and what came of it, what was refused too; no secret, and no way to change it.

import type { Grant, Role } from '@mainstay/core/access';
import { issue } from '@mainstay/manager/app/credentials';
import { createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownManager } from './harness.ts';
import { signedIn, visitor } from './visitor.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
const password = 'correct horse battery staple';
const everything = (role: Role): Grant[] => [{ role, scope: { kind: 'everything' } }];

beforeAll(async () => {
  manager = await ownManager();
});
afterAll(() => manager.end());

const newest = async (limit = 1) => (await manager.call(contract.listAudit, { query: { limit } })).items;
const asFile = async (format: 'csv' | 'jsonl') => {
  const response = await fetch(`${manager.url}/api/audit/export?format=${format}`, {
    headers: { authorization: `Bearer ${manager.token}` },
  });
  return { type: response.headers.get('content-type'), text: await response.text() };
};

describe('the audit log', () => {
  it('has what was done, by whom, on what and from where', async () => {
    const serverId = await manager.server('lobby', 'running');
    await manager.call(contract.stopServer, { params: { serverId } });
    expect(await newest()).toMatchObject([
      {
        who: 'tester',
        by: 'token',
        action: 'stopServer',
        target: { kind: 'server', id: serverId, name: 'lobby' },
        address: '127.0.0.1',
        outcome: 'done',
        code: null,
      },
    ]);
  });

  it('has what was refused, for want of a right and by the record itself', async () => {
    const { secret } = await issue(manager.store, { kind: 'token', name: 'onlooker', grants: everything('viewer') }, Date.now());
    const viewer = createClient({ baseUrl: manager.url, token: secret });
    const serverId = await manager.server('arena', 'running');
    await expect(viewer(contract.stopServer, { params: { serverId } })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(viewer(contract.listChannels, {})).rejects.toMatchObject({ code: 'forbidden' });
    await expect(manager.call(contract.startServer, { params: { serverId }, body: {} })).rejects.toMatchObject({
      code: 'not-allowed-in-state',
    });
    expect((await newest(3)).map(({ who, action, outcome, code }) => [who, action, outcome, code])).toEqual([
      ['tester', 'startServer', 'refused', 'not-allowed-in-state'],
      ['onlooker', 'listChannels', 'refused', 'forbidden'],
      ['onlooker', 'stopServer', 'refused', 'forbidden'],
    ]);
  });

  it('has sign-ins, good and bad ones, and no name that nobody has', async () => {
    const { code } = await manager.call(contract.createInvitation, { body: { label: 'Ann', grants: everything('viewer') } });
    await visitor(manager.url).call(contract.acceptInvitation, { body: { code, name: 'ann', password } });
    await signedIn(manager.url, 'ann', password);
    await signedIn(manager.url, 'ann', 'wrong').catch(() => undefined);
    await signedIn(manager.url, 'my secret password', 'wrong').catch(() => undefined);
    const seen = await newest(5);
    const { secret } = await issue(manager.store, { kind: 'sign-in', name: 'owner' }, Date.now());
    await visitor(manager.url).call(contract.signIn, { body: { code: secret } });
    expect(await newest()).toMatchObject([{ who: 'owner', by: 'machine', action: 'signIn', outcome: 'done' }]);
    expect(seen.map(({ who, by, action, target, outcome }) => [who, by, action, target?.name, outcome])).toEqual([
      [null, 'nobody', 'signInByPassword', null, 'refused'],
      [null, 'nobody', 'signInByPassword', 'ann', 'refused'],
      ['ann', 'person', 'signInByPassword', 'ann', 'done'],
      ['ann', 'person', 'acceptInvitation', 'ann', 'done'],
      ['tester', 'token', 'createInvitation', 'Ann', 'done'],
    ]);
  });

  it('has whom it was about though they are gone, and no refusal of a step that was done', async () => {
    const { code } = await manager.call(contract.createInvitation, { body: { label: 'Cy', grants: everything('viewer') } });
    const who = visitor(manager.url);
    const { account } = await who.call(contract.acceptInvitation, { body: { code, name: 'cy', password } });
    const { ticket, secret } = await who.call(contract.createTotp, {});
    await who.call(contract.confirmTotp, { body: { ticket, code: new TOTP({ secret: Secret.fromBase32(secret) }).generate() } });
    await signedIn(manager.url, 'cy', password).catch(() => undefined);
    const reset = await manager.call(contract.createResetLink, { params: { accountId: account!.id } });
    await visitor(manager.url)
      .call(contract.resetPassword, { body: { code: reset.code, password: 'another long password' } })
      .catch(() => undefined);
    await manager.call(contract.removeAccount, { params: { accountId: account!.id } });
    expect((await newest(4)).map(({ action, target, outcome, code }) => [action, target?.name, outcome, code])).toEqual([
      ['removeAccount', 'cy', 'done', null],
      ['resetPassword', 'cy', 'done', 'second-factor'],
      ['createResetLink', 'cy', 'done', null],
      ['signInByPassword', 'cy', 'done', 'second-factor'],
    ]);
  });

  it('holds no secret: no password, token, code or secret variable', async () => {
    const made = await manager.call(contract.createToken, { body: { name: 'robot', grants: everything('viewer') } });
    const { code } = await manager.call(contract.createInvitation, { body: { label: 'Ben', grants: everything('viewer') } });
    await visitor(manager.url).call(contract.acceptInvitation, { body: { code, name: 'ben', password } });
    await manager.call(contract.createServer, {
      body: { name: 'sealed', image: 'any', env: { RCON_PASSWORD: { secret: 'swordfish' } }, start: false },
    });
    await manager.call(contract.createChannel, {
      body: { kind: 'slack', name: 'team', url: 'https://hooks.slack.example/T0/B0/swordfish', allowPrivate: false },
    });
    const { text } = await asFile('jsonl');
    for (const secret of [made.token, code, password, 'swordfish']) expect(text).not.toContain(secret);
    expect(text).toContain('createChannel');
  });

  it('cannot be changed or emptied, not by the manager’s own database either', async () => {
    const before = await asFile('jsonl');
    await expect(manager.store.db.updateTable('audit').set({ who: 'somebody else' }).execute()).rejects.toThrow('only grows');
    await expect(manager.store.db.deleteFrom('audit').execute()).rejects.toThrow('only grows');
    expect((await asFile('jsonl')).text).toContain(before.text.split('\n').at(-2)!);
  });

  it('is not filled by who is nobody', async () => {
    const count = async () => (await manager.store.db.selectFrom('audit').select('id').execute()).length;
    const before = await count();
    const open = ['/api/session', '/api/session/passkey/options', '/api/session/sso'];
    for (const path of [...open, '/api/servers', '/api/agents']) {
      for (const authorization of [[], [['authorization', 'Bearer nobodys']], [['authorization', 'Basic x']]] as [string, string][][]) {
        const headers = Object.fromEntries(authorization);
        await fetch(manager.url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{}' });
        await fetch(manager.url + path, { headers });
      }
    }
    expect(await count()).toBe(before);
  });

  it('is searched by who, what, on what, outcome and time, page by page', async () => {
    const query = (given: object) => manager.call(contract.listAudit, { query: { limit: 200, ...given } });
    expect((await query({ who: 'onlooker' })).items.every(({ who }) => who === 'onlooker')).toBe(true);
    expect((await query({ target: 'lobby' })).items.map(({ action }) => action)).toEqual(['stopServer']);
    expect((await query({ outcome: 'refused', action: 'listChannels' })).items).toHaveLength(1);
    expect((await query({ from: Date.now() + 60_000 })).items).toEqual([]);
    const [first, all] = [await query({ limit: 2 }), await query({})];
    const second = await query({ limit: 2, cursor: first.nextCursor! });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all.items.slice(0, 4).map(({ id }) => id));
  });

  it('comes as CSV and as JSON lines, and no name becomes a formula or a second line', async () => {
    await manager.call(contract.createToken, { body: { name: '=HYPERLINK("https://evil.example","x")', grants: everything('viewer') } });
    const csv = await asFile('csv');
    expect(csv.type).toBe('text/csv; charset=utf-8');
    const [head, ...lines] = csv.text.trimEnd().split('\r\n');
    expect(head).toBe('id,at,who,by,action,target_kind,target_id,target_name,address,outcome,code');
    // The download before it is noted once it has begun.
    const line = lines.find((each) => each.includes('HYPERLINK'));
    expect(line).toContain(`,"'=HYPERLINK(""https://evil.example"",""x"")",`);
    const jsonl = await asFile('jsonl');
    expect(jsonl.type).toBe('application/x-ndjson');
    const parsed = jsonl.text
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each));
    expect(parsed[0]).toMatchObject({ action: 'exportAudit', who: 'tester' });
    expect(parsed.length).toBeGreaterThanOrEqual(lines.length);
  });
});
