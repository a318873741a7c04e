// People on the page: the first owner, an invitation, what one may not do and why, roles that change under an open page, tokens,
// and the log of it all.

import { missing } from '@mainstay/core/access';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { testPassword } from '../harness/person.ts';
import { button, heading, makeOwner, openMenu, rowOf, signInLink, untilWord } from './browser.ts';
import { test } from './harness.ts';

/** What a dialog shows once: a link, or a token. */
async function shownOnce(page: Page, title: string): Promise<string> {
  const dialog = page.getByRole('alertdialog', { name: title });
  const shown = await dialog.getByRole('button', { name: /^Copy / }).textContent();
  await button(dialog, 'Done').click();
  return shown ?? '';
}

/** Invites somebody, who makes their account in a browser of their own. */
async function invited(owner: Page, stranger: Page, name: string): Promise<void> {
  await button(owner, 'Invite…').click();
  await owner.getByLabel('Whom it is for').fill(name);
  await button(owner, 'Make the link').click();
  await stranger.goto(await shownOnce(owner, `The invitation for ${name}`));
  await stranger.getByLabel('Name', { exact: true }).fill(name);
  await stranger.getByLabel('Password', { exact: true }).fill(testPassword);
  await button(stranger, 'Make the account').click();
  await heading(stranger, 'Servers').waitFor();
}

async function signInAs(page: Page, name: string, password = testPassword): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await button(page, 'Sign in').click();
}

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
    await heading(ann, 'Sign in').waitFor();
  });

  test('loses a password, and chooses a new one by an owner’s link', async ({ visit }) => {
    const owner = await visit.open('/settings/people');
    const ben = await visit.stranger();
    await invited(owner, ben, 'ben');
    await button(owner, 'A reset link for ben').click();
    const link = await shownOnce(owner, 'A new password for ben');
    const elsewhere = await visit.stranger();
    await elsewhere.goto(link);
    await elsewhere.getByLabel('Password', { exact: true }).fill('short');
    await button(elsewhere, 'Set the password').click();
    await elsewhere.getByText('At least 10 characters.', { exact: true }).waitFor();
    await elsewhere.getByLabel('Password', { exact: true }).fill('quite another password');
    await button(elsewhere, 'Set the password').click();
    await heading(elsewhere, 'Servers').waitFor();
    await heading(ben, 'Sign in').waitFor();
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

test('the audit log shows who did what, is searched, and is had as a file', async ({ mainstay, visit }) => {
  const server = await mainstay.create();
  const page = await visit.open('/settings/audit');
  const row = page.getByRole('row').filter({ hasText: 'createServer' }).filter({ hasText: server.name });
  await row.getByText('tester').waitFor();
  await page.getByLabel('On what').fill(server.name);
  await page.getByRole('row').filter({ hasText: 'makeOwner' }).waitFor({ state: 'detached' });
  await row.waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'As CSV' }).click()]);
  expect(file.suggestedFilename()).toBe('mainstay-audit.csv');
});
