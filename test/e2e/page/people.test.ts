// People on the page: the first owner, an invitation, what one may not do and why, roles that change under an open page, tokens,
// and the log of it all.

import { readFileSync } from 'node:fs';
import { missing } from '@mainstay/core/access';
import { Secret, TOTP } from 'otpauth';
import { describe, expect } from 'vitest';
import { testPassword } from '../harness/person.ts';
import { button, heading, makeOwner, openMenu, rowOf, signInLink, untilWord } from './browser.ts';
import { test } from './harness.ts';
import { invited, shownOnce, signInAs } from './somebody.ts';

describe('the first owner', () => {
  test('makes an account from the first link, signs out, and signs in with it', async ({ mainstay, visit, manager }) => {
    const page = await visit.stranger();
    await page.goto(await signInLink(manager));
    // Whoever else opened this file's pages may have been first.
    const welcome = heading(page, 'Make the owner’s account');
    await welcome.or(heading(page, 'Servers')).waitFor();
    if (await welcome.isVisible()) await makeOwner(page);
    await heading(page, 'Servers').waitFor();
    await button(page, 'Sign out').click();
    await heading(page, 'Sign in').waitFor();
    await signInAs(page, 'olga', 'not the password');
    await page.getByRole('alert').getByText('Name or password is not right.').waitFor();
    await signInAs(page, 'olga');
    await heading(page, 'Servers').waitFor();
    await page.getByRole('link', { name: 'olga' }).click();
    await page.getByText('You are signed in as olga.').waitFor();
    expect(mainstay.logs()).not.toContain(testPassword);
  });
});

describe('somebody who is invited', () => {
  test('may do what the role says, and sees why not the rest; a new role holds on the open page', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const owner = await visit.open('/settings/people');
    const ann = await visit.stranger();
    await invited(owner, ann, 'ann');
    await untilWord(rowOf(ann, server.name), 'Running');

    const menu = await openMenu(ann, server.name);
    const stop = menu.getByRole('menuitem', { name: 'Stop', exact: true });
    expect(await stop.getAttribute('aria-description')).toBe(missing('operate'));
    await ann.keyboard.press('Escape');
    expect(await button(ann, 'New server').getAttribute('aria-description')).toBe(missing('create'));
    await ann.goto(`${mainstay.manager.url}/settings/people`);
    await ann.getByText(missing('accounts')).waitFor();
    await ann.goto(mainstay.manager.url);
    await untilWord(rowOf(ann, server.name), 'Running');

    await button(owner, 'Roles of ann').click();
    await owner.getByLabel('Role', { exact: true }).selectOption('operator');
    await owner.getByLabel('Where').selectOption(`server ${server.name}`);
    await button(owner, 'Save').click();
    await owner.getByText(`Operator of server ${server.name}`).waitFor();
    const row = rowOf(ann, server.name);
    await row.locator('button:not([aria-disabled])', { hasText: /^Stop$/ }).click();
    await untilWord(row, 'Stopped');
    expect(await mainstay.history(server.id)).toContainEqual(
      expect.objectContaining({
        cause: expect.objectContaining({ who: 'ann' }),
        happening: expect.objectContaining({ operation: 'stop' }),
      }),
    );

    await button(owner, 'Shut out: ann').click();
    await button(owner.getByRole('alertdialog', { name: 'Shut out ann?' }), 'Shut out').click();
    await heading(ann, 'You are signed out').waitFor();
  });

  test('loses a password, and chooses a new one by an owner’s link', async ({ visit }) => {
    const owner = await visit.open('/settings/people');
    const ben = await visit.stranger();
    await invited(owner, ben, 'ben');
    await button(owner, 'A reset link for ben').click();
    const link = await shownOnce(owner, 'A new password for ben');
    const elsewhere = await visit.stranger();
    await elsewhere.goto(link);
    await elsewhere.getByText('For the account ben.').waitFor();
    await elsewhere.getByLabel('Password', { exact: true }).fill('short');
    await button(elsewhere, 'Set the password').click();
    await elsewhere.getByText('At least 10 characters.', { exact: true }).waitFor();
    await elsewhere.getByLabel('Password', { exact: true }).fill('quite another password');
    await button(elsewhere, 'Set the password').click();
    await heading(elsewhere, 'Servers').waitFor();
    await heading(ben, 'You are signed out').waitFor();
    // A link that is spent says so at once.
    const late = await visit.stranger();
    await late.goto(link);
    await late.getByRole('alert').getByText('was used already, or is too old', { exact: false }).waitFor();
    expect(await late.getByLabel('Password', { exact: true }).count()).toBe(0);
  });

  test('is told by whom, to what and as what, before choosing a name', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const owner = await visit.open('/settings/people');
    const una = await visit.stranger();
    await invited(owner, una, 'una', { role: 'owner' });
    await una.goto(`${mainstay.manager.url}/settings/people`);
    await button(una, 'Invite…').click();
    await una.getByLabel('Whom it is for').fill('ned');
    await una.getByLabel('Role', { exact: true }).selectOption('operator');
    await una.getByLabel('Where').selectOption(`server ${server.name}`);
    await button(una, 'Make the link').click();
    const ned = await visit.stranger();
    await ned.goto(await shownOnce(una, 'The invitation for ned'));
    await ned.getByText(/^una invites you to the Mainstay at 127\.0\.0\.1:/).waitFor();
    await ned.getByText(`Operator of server ${server.name}: starts, stops`, { exact: false }).waitFor();
  });
});

describe('a token', () => {
  test('is made with a role, shown once, and revoked', async ({ mainstay, visit }) => {
    const page = await visit.open('/account');
    await button(page, 'New token…').click();
    await page.getByLabel('What it is for').fill('backup robot');
    await button(page, 'Make the token').click();
    const token = await shownOnce(page, 'The token is made');
    const answers = async () =>
      (await fetch(`${mainstay.manager.url}/api/servers`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await answers()).toBe(200);
    const row = page.getByText('backup robot', { exact: true });
    await row.waitFor();
    expect(await page.content()).not.toContain(token);
    await button(page, 'Revoke backup robot').click();
    await button(page.getByRole('alertdialog'), 'Revoke').click();
    await row.waitFor({ state: 'detached' });
    expect(await answers()).toBe(401);
  });
});

test('the audit log says who did what, is searched by parts of names, and is had as a file', async ({ mainstay, visit }) => {
  const server = await mainstay.create();
  const page = await visit.open('/settings/audit');
  const row = page.getByRole('row').filter({ hasText: 'created a server' }).filter({ hasText: server.name });
  await row.getByText('tester').waitFor();
  const owners = page.getByRole('row').filter({ hasText: 'made the owner’s account' });
  await owners.waitFor();
  await page.getByLabel('On what').fill(server.name.slice(0, -1).toUpperCase());
  await owners.waitFor({ state: 'detached' });
  await page.getByLabel('What', { exact: true }).selectOption('created a server');
  await row.waitFor();
  // The search stands in the address, so that it is kept, and handed on.
  expect(new URL(page.url()).searchParams.get('action')).toBe('createServer');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'As CSV' }).click()]);
  expect(file.suggestedFilename()).toBe('mainstay-audit.csv');
  await page.getByLabel('From day').fill('2999-01-01');
  await page.getByText('Nothing matches.').waitFor();
});

describe('signing in with more than a password', () => {
  test('a passkey signs in by itself, and no more once it is removed', async ({ visit }) => {
    const owner = await visit.open('/settings/people');
    const page = await visit.stranger();
    // The browser's own authenticator, as a phone or a key would be one. A passkey belongs to a host name, which an address is not.
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const;
    await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
    await button(owner, 'Invite…').click();
    await owner.getByLabel('Whom it is for').fill('Kim');
    await button(owner, 'Make the link').click();
    const byName = (address: string) => address.replace('127.0.0.1', 'localhost');
    await page.goto(byName(await shownOnce(owner, 'The invitation for Kim')));
    await page.getByLabel('Name', { exact: true }).fill('kim');
    await page.getByLabel('Password', { exact: true }).fill(testPassword);
    await button(page, 'Make the account').click();
    await heading(page, 'Servers').waitFor();

    await page.getByRole('link', { name: 'kim' }).click();
    await button(page, 'Add a passkey…').click();
    await page.getByLabel('What it is called').fill('laptop');
    await button(page, 'Add').click();
    await button(page, 'Remove: laptop').waitFor();
    await button(page.getByRole('navigation', { name: 'Main' }), 'Sign out').click();
    await button(page, 'Use a passkey').click();
    await heading(page, 'Servers').waitFor();

    await page.getByRole('link', { name: 'kim' }).click();
    await button(page, 'Remove: laptop').click();
    await button(page.getByRole('alertdialog', { name: 'Remove the passkey laptop?' }), 'Remove').click();
    await button(page, 'Remove: laptop').waitFor({ state: 'detached' });
    await button(page.getByRole('navigation', { name: 'Main' }), 'Sign out').click();
    await button(page, 'Use a passkey').click();
    await page.getByRole('alert').getByText('This passkey does not sign in here.', { exact: false }).waitFor();
  });

  test('a code of an authenticator app is asked for behind the password', async ({ visit }) => {
    const owner = await visit.open('/settings/people');
    const page = await visit.stranger();
    await invited(owner, page, 'lea');
    await page.getByRole('link', { name: 'lea' }).click();
    await button(page, 'Set up…').click();
    const dialog = page.getByRole('dialog', { name: 'Authenticator app' });
    await dialog.getByRole('img', { name: 'The secret as a QR code' }).waitFor();
    const secret = (await dialog.getByRole('button', { name: /^Copy / }).textContent()) ?? '';
    const codeAt = (at: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });
    // In two halves, as apps show it.
    await dialog.getByLabel('Code', { exact: true }).fill(codeAt(Date.now()).replace(/^\d{3}/, '$& '));
    await button(dialog, 'Turn on').click();
    const codes = page.getByRole('alertdialog', { name: 'Recovery codes' });
    await codes.waitFor();
    expect(await codes.getByRole('listitem').count()).toBe(10);
    const [file] = await Promise.all([page.waitForEvent('download'), button(codes, 'Download them').click()]);
    expect(
      readFileSync(await file.path(), 'utf8')
        .trim()
        .split('\n'),
    ).toEqual(await codes.getByRole('listitem').allTextContents());
    await button(codes, 'Done').click();
    await button(page.getByRole('navigation', { name: 'Main' }), 'Sign out').click();
    await signInAs(page, 'lea');
    // The code of now was used to set it up; the next one is good by then, too.
    await page.getByLabel('Code').fill(codeAt(Date.now() + 30_000));
    expect(await page.getByLabel('Code').evaluate((field) => field.matches(':focus'))).toBe(true);
    await button(page, 'Go on').click();
    await heading(page, 'Servers').waitFor();

    await page.getByRole('link', { name: 'lea' }).click();
    await button(page, 'Turn off…').click();
    const sure = page.getByRole('alertdialog', { name: 'Turn the second step off?' });
    await button(sure, 'Cancel').click();
    await page.getByText('A sign-in asks for a code, too.', { exact: false }).waitFor();
    await button(page, 'Turn off…').click();
    await button(sure, 'Turn off').click();
    await page.getByText('A sign-in asks for the password alone.').waitFor();
  });

  test('a passkey takes a name: a page that was opened by an address says where to go', async ({ mainstay, visit }) => {
    const page = await visit.stranger();
    await page.goto(`${mainstay.manager.url}/sign-in`);
    const reason = await button(page, 'Use a passkey').getAttribute('aria-description');
    expect(reason).toContain(mainstay.manager.url.replace('127.0.0.1', 'localhost'));
  });
});
