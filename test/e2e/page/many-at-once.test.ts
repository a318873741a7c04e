// One thing done to many servers, and everything by keyboard: what can have it has it, what cannot says why, and what came
// of each is the manager's own word.

import type { Server } from '@mainstay/wire/servers';
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { button, heading, rowOf, untilWord } from './browser.ts';
import { test as base } from './harness.ts';

const test = base.extend('three', { scope: 'file' }, async ({ mainstay }): Promise<readonly Server[]> => {
  const servers = await Promise.all([mainstay.create(), mainstay.create(), mainstay.create({ start: false })]);
  return servers.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
});

const bar = (page: Page): Locator => page.getByRole('region', { name: 'Selected servers' });
const bulk = (page: Page, action: string, count: number): Locator =>
  button(bar(page), `${action} ${count} selected ${count === 1 ? 'server' : 'servers'}`);

async function selectAll(page: Page): Promise<void> {
  await page.getByRole('checkbox', { name: 'Select every server shown' }).check();
}

/** Says yes in the dialog and waits until each of `count` has come out well. */
async function confirm(page: Page, verb: string, count: number): Promise<void> {
  const dialog = page.getByRole('alertdialog');
  await button(dialog, verb).click();
  await dialog.getByText(`${count} of ${count} asked for.`).waitFor();
  for (let at = 0; at < count; at += 1) await dialog.locator('[data-outcome=asked]').nth(at).getByText('done', { exact: true }).waitFor();
  await button(dialog, 'Close').click();
  await dialog.waitFor({ state: 'detached' });
}

describe('many servers at once', () => {
  test('are stopped, started, deleted, restored and purged, each with its own outcome', async ({ mainstay, three, page }) => {
    for (const { name } of three) await rowOf(page, name).waitFor();
    const rests = three.find(({ state }) => state === 'stopped')!;
    await selectAll(page);
    await bar(page).getByText('3 selected').waitFor();

    await bulk(page, 'Stop', 2).click();
    const dialog = page.getByRole('alertdialog', { name: 'Stop 2 servers?' });
    await dialog.getByText('1 server is left out').click();
    await dialog.getByText(`${rests.name} It is not running.`).waitFor();
    await confirm(page, 'Stop', 2);
    for (const { name } of three) await untilWord(rowOf(page, name), 'Stopped');

    await selectAll(page);
    await bulk(page, 'Start', 3).click();
    await confirm(page, 'Start', 3);
    for (const { name } of three) {
      await untilWord(rowOf(page, name), 'Running');
      expect(await mainstay.outside.inspect(name)).toMatchObject({ State: { Running: true } });
    }

    await selectAll(page);
    expect(await bulk(page, 'Purge…', 0).getAttribute('aria-description')).toMatch(/^Delete it first/);
    await bulk(page, 'Delete…', 3).click();
    await page
      .getByRole('alertdialog')
      .getByText(/kept until tomorrow \d\d:\d\d/)
      .waitFor();
    await confirm(page, 'Delete', 3);
    for (const { id, name } of three) {
      await rowOf(page, name).waitFor({ state: 'detached' });
      expect(await mainstay.outside.containersOf(id)).toEqual([]);
    }

    await page.getByRole('checkbox', { name: 'Show deleted' }).check();
    for (const { name } of three) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await bulk(page, 'Restore', 3).click();
    await confirm(page, 'Restore', 3);
    for (const { name } of three) await untilWord(rowOf(page, name), 'Missing');

    for (const { name } of three) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await bulk(page, 'Purge…', 3).click();
    const purge = page.getByRole('alertdialog', { name: 'Purge 3 servers?' });
    expect(await button(purge, 'Purge').getAttribute('aria-description')).toBe('Choose what becomes of the data first.');
    await purge.getByRole('radio', { name: 'Remove the data' }).check();
    expect(await button(purge, 'Purge').getAttribute('aria-description')).toBe('Type 3 first.');
    await purge.getByLabel('Type 3, the number of servers, to confirm').fill('3');
    await confirm(page, 'Purge', 3);
    for (const { id, name } of three) {
      await rowOf(page, name).waitFor({ state: 'detached' });
      await expect(mainstay.server(id)).rejects.toMatchObject({ code: 'not-found' });
    }
  });
});

describe('by keyboard', () => {
  test('the list is searched, walked, chosen from and opened', async ({ mainstay, page }) => {
    const servers = (await Promise.all([mainstay.create({ start: false }), mainstay.create({ start: false })])).toSorted((a, b) =>
      a.name.localeCompare(b.name, 'en', { numeric: true }),
    );
    const [first, second] = servers.map(({ name }) => name) as [string, string];
    await rowOf(page, second).waitFor();
    const focused = () => page.locator(':focus').innerText();

    await page.keyboard.press('/');
    await page.keyboard.type(first);
    await rowOf(page, second).waitFor({ state: 'detached' });
    expect(page.url()).toContain(`q=${first}`);
    await page.getByRole('searchbox').fill('');
    await page.keyboard.press('Escape');
    await rowOf(page, second).waitFor();

    await page.keyboard.press('j');
    expect(await focused()).toBe(first);
    await page.keyboard.press('j');
    expect(await focused()).toBe(second);
    await page.keyboard.press('x');
    await bar(page).getByText('1 selected').waitFor();
    await page.keyboard.press('k');
    await page.keyboard.press('Shift+X');
    await bar(page).getByText('2 selected').waitFor();
    await page.keyboard.press('Escape');
    await bar(page).waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await heading(page, first).waitFor();
  });

  test('the palette finds servers, pages and what can be done now', async ({ mainstay, page }) => {
    const server = await mainstay.create({ start: false });
    await rowOf(page, server.name).waitFor();
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Find a server, an action or a page' });
    await palette.getByRole('combobox').fill(`${server.name} start`);
    await palette.getByRole('option', { name: `Start ${server.name}` }).waitFor();
    expect(await palette.getByRole('option', { name: /^Stop / }).count()).toBe(0);
    await page.keyboard.press('Enter');
    await palette.waitFor({ state: 'detached' });
    await untilWord(rowOf(page, server.name), 'Running');

    await page.keyboard.press('Control+k');
    await palette.getByRole('combobox').fill('hosts');
    await page.keyboard.press('Enter');
    await heading(page, 'Hosts').waitFor();
  });

  test('the keys are told by ?, and those of a single letter can be turned off', async ({ mainstay, page }) => {
    const server = await mainstay.create({ start: false });
    await rowOf(page, server.name).waitFor();
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys' });
    await help.getByText('Select the server').waitFor();
    await help.getByRole('checkbox', { name: 'Keys of a single letter' }).uncheck();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    expect(await page.locator('input:focus').count()).toBe(0);
    await page.evaluate(() => localStorage.removeItem('mainstay.single-keys'));
  });
});
