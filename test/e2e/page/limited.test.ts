// The page of somebody who may not do everything: what is refused stays in place and says why, nothing is asked of the manager that
// they may not see, what is not shown is not said to be not there, and what they lose while the page is open is said.

import { missing } from '@mainstay/core/access';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { button, heading, rowOf, untilLive, untilWord } from './browser.ts';
import { test } from './harness.ts';
import { invited, signInAs } from './somebody.ts';

const refusalOf = (page: Page, name: string) => button(page, name).first().getAttribute('aria-description');

describe('a viewer', () => {
  test('finds refused, with the reason, all that changes anything', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const owner = await visit.open('/settings/people');
    const page = await visit.stranger();
    await invited(owner, page, 'vera');
    const open = async (path: string) => {
      await page.goto(mainstay.manager.url + path);
      await untilLive(page);
    };

    await open('/hosts');
    await page.getByText(/^online for /).waitFor();
    expect(await refusalOf(page, 'Sync now')).toBe(missing('operate'));
    for (const name of ['Add a host', 'Rename…', 'Take no new servers', 'Remove host…']) {
      expect(await refusalOf(page, name), name).toBe(missing('hosts'));
    }
    await button(page, 'Remove host…').click({ force: true });
    expect(await page.getByRole('alertdialog').count()).toBe(0);

    await open('/servers/new?template=scratch');
    await page.getByText(missing('create')).waitFor();
    expect(await page.getByLabel('Name', { exact: true }).count()).toBe(0);

    await open(`/servers/${server.id}/settings`);
    await page.getByText(missing('configure')).first().waitFor();
    expect(await page.getByLabel('Image', { exact: true }).isDisabled()).toBe(true);
    expect(await refusalOf(page, 'Save')).toBe(missing('configure'));

    await open('/settings');
    await page.getByText(missing('settings')).waitFor();
    expect(await page.getByLabel('Hours they are kept').isDisabled()).toBe(true);

    await open('/templates/sample');
    await heading(page, 'Sample server')
      .or(page.getByRole('heading', { level: 1 }))
      .first()
      .waitFor();
    expect(await refusalOf(page, 'Copy')).toBe(missing('templates'));

    for (const [path, right] of [
      ['/settings/people', 'accounts'],
      ['/settings/audit', 'audit'],
      ['/notifications', 'notifications'],
    ] as const) {
      await open(path);
      await page.getByText(missing(right)).waitFor();
    }
    expect(await page.getByRole('link', { name: 'As CSV' }).count()).toBe(0);

    // Looking around is no trespass: nothing of it was refused by the manager.
    const log = await visit.open('/settings/audit');
    await log.getByLabel('Who').fill('vera');
    const hers = log.getByRole('row').filter({ hasText: 'vera' });
    await hers.first().waitFor();
    expect(await hers.filter({ hasText: 'refused' }).count()).toBe(0);
  });
});

describe('somebody with a role for one server', () => {
  test('is told that hosts are not shown to them, not that there are none', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const owner = await visit.open('/settings/people');
    const page = await visit.stranger();
    await invited(owner, page, 'otto', { role: 'operator', where: `server ${server.name}` });
    await untilWord(rowOf(page, server.name), 'Running');
    const main = page.getByRole('navigation', { name: 'Main' });
    await untilLive(page);
    expect(await main.innerText()).not.toMatch(/0/);
    await main.getByRole('link', { name: 'Hosts' }).click();
    await heading(page, 'No host is shown to you').waitFor();
    await page.goto(`${mainstay.manager.url}/servers/new`);
    await page.getByText(missing('create')).waitFor();
    expect(await page.getByText(/no host/i).count()).toBe(0);
  });

  test('who loses it while its console is open is told so, and that is no broken connection', async ({ mainstay, visit }) => {
    const [one, other] = [await mainstay.create(), await mainstay.create()];
    const owner = await visit.open('/settings/people');
    const page = await visit.stranger();
    await invited(owner, page, 'lena', { role: 'operator', where: `server ${one.name}` });
    await page.goto(`${mainstay.manager.url}/servers/${one.id}/console`);
    await page.getByText('Following', { exact: false }).first().waitFor();
    await button(owner, 'Roles of lena').click();
    await owner.getByLabel('Where').selectOption(`server ${other.name}`);
    await button(owner, 'Save').click();
    await heading(page, 'This server is not shown to you any more').waitFor();
    await page.getByText('What you may do here has changed').waitFor();
  });

  test('keeps what they typed when they may no longer save it', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const owner = await visit.open('/settings/people');
    const page = await visit.stranger();
    await invited(owner, page, 'adam', { role: 'admin', where: `server ${server.name}` });
    await page.goto(`${mainstay.manager.url}/servers/${server.id}/settings`);
    await page.getByLabel('Image', { exact: true }).fill('mainstay/sample-server:99');
    await button(owner, 'Roles of adam').click();
    await owner.getByLabel('Role', { exact: true }).selectOption('viewer');
    await button(owner, 'Save').click();
    await page.getByText(missing('configure')).first().waitFor();
    expect(await page.getByLabel('Image', { exact: true }).inputValue()).toBe('mainstay/sample-server:99');
    expect(await refusalOf(page, 'Save')).toBe(missing('configure'));
  });
});

describe('whoever has to sign in', () => {
  test('comes to where they were going, and never to another place', async ({ mainstay, visit }) => {
    const owner = await visit.open('/settings/people');
    const page = await visit.stranger();
    await invited(owner, page, 'wanda');
    await button(page, 'Sign out').click();
    await heading(page, 'Sign in').waitFor();
    await page.goto(`${mainstay.manager.url}/templates?x=1`);
    await heading(page, 'Sign in').waitFor();
    await signInAs(page, 'wanda');
    await heading(page, 'Templates').waitFor();
    await button(page, 'Sign out').click();
    await heading(page, 'Sign in').waitFor();
    await page.goto(`${mainstay.manager.url}/sign-in?to=${encodeURIComponent('//evil.example/')}`);
    await signInAs(page, 'wanda');
    await heading(page, 'Servers').waitFor();
    expect(page.url()).toBe(`${mainstay.manager.url}/`);
  });

  test('though signed in already, is shown no sign-in, and no first owner’s account', async ({ mainstay, visit }) => {
    const owner = await visit.open('/settings/people');
    const page = await visit.stranger();
    await invited(owner, page, 'ida');
    for (const path of ['/sign-in', '/welcome']) {
      await page.goto(mainstay.manager.url + path);
      await heading(page, 'Servers').waitFor();
      expect(page.url()).toBe(`${mainstay.manager.url}/`);
    }
  });

  test('because they were signed out from elsewhere, is told that their session ended', async ({ visit }) => {
    const owner = await visit.open('/settings/people');
    const page = await visit.stranger();
    await invited(owner, page, 'sven');
    await button(owner, 'Shut out: sven').click();
    await button(owner.getByRole('alertdialog'), 'Shut out').click();
    await heading(page, 'You are signed out').waitFor();
    await page.getByText('Your session here ended', { exact: false }).waitFor();
  });
});
