// Clone, on the page: what comes along is chosen, what becomes of the source is said before, and how far the copy is stands
// where both servers are shown.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Installation } from '../harness/installation.ts';
import { freePort } from '../harness/ports.ts';
import { build, freshName, worldOf } from '../harness/sample.ts';
import { button, choose, heading, itemsOf, rowOf, untilWord } from './browser.ts';
import { test } from './harness.ts';

/** The field of a form by its label. */
const field = (page: Page, label: string): Locator => page.getByLabel(label, { exact: true });
/** Types its name, and ports that nobody else has. */
async function describeClone(page: Page, name: string): Promise<void> {
  await field(page, 'Name').fill(name);
  for (const port of ['lobby', 'rcon']) await field(page, `Port ${port}`).fill(String(await freePort()));
}

const named = async (mainstay: Installation, name: string) => (await mainstay.servers()).find((server) => server.name === name)!;

test('with its data: the source rests meanwhile, and both run in the end', async ({ mainstay, page }) => {
  const original = await mainstay.create({ env: { LOBBY_NAME: 'Harbour', TOKEN: { secret: 'x' } } });
  const world = await build(mainstay.host, original, 'tower');
  await choose(page, original.name, 'Clone…');
  await page.getByText(`A clone of ${original.name}.`).waitFor();
  await page.getByText('whoever is on it is disconnected', { exact: false }).waitFor();
  expect(await field(page, 'Port lobby').inputValue()).toBe('');

  await button(page, 'Clone').click();
  await page
    .getByText('Some fields', { exact: false })
    .or(page.getByText('2 to 60', { exact: false }))
    .first()
    .waitFor();
  const name = freshName('clone');
  await describeClone(page, name);
  await field(page, 'Make TOKEN anew').check();
  await button(page, 'Clone').click();

  await heading(page, `${name} is running`).waitFor();
  const clone = await mainstay.server((await named(mainstay, name)).id);
  expect(clone.env).toMatchObject({ LOBBY_NAME: 'Harbour', TOKEN: null });
  expect(worldOf(mainstay.host, clone).id).toBe(world.id);
  expect((await mainstay.outside.inspect(name)).Config.Env).not.toContain('TOKEN=x');
  await page.getByRole('link', { name: /^Servers/ }).click();
  await untilWord(rowOf(page, original.name), 'Running');
});

test('as it runs: what that means is said where it is chosen, and in the clone’s history', async ({ mainstay, page }) => {
  const original = await mainstay.create();
  await build(mainstay.host, original, 'tower');
  await choose(page, original.name, 'Clone…');
  const name = freshName('clone');
  await describeClone(page, name);
  await page.getByLabel(`${original.name} goes on running`, { exact: false }).check();
  await page.getByText('may be torn in the clone', { exact: false }).waitFor();
  await button(page, 'Clone').click();
  await heading(page, `${name} is running`).waitFor();
  await page.getByRole('link', { name: `Open ${name}` }).click();
  await page.getByRole('link', { name: 'History', exact: true }).click();
  await page.getByText(`Its data came from ${original.name}`, { exact: false }).getByText('may be torn', { exact: false }).waitFor();
  expect(await mainstay.server(original.id)).toMatchObject({ state: 'running', stateSince: original.stateSince });
});

test('of the settings only: it begins a world of its own', async ({ mainstay, page }) => {
  const original = await mainstay.create();
  const world = await build(mainstay.host, original, 'tower');
  await choose(page, original.name, 'Clone…');
  const name = freshName('clone');
  await describeClone(page, name);
  await page.getByLabel('Settings only', { exact: false }).check();
  await button(page, 'Clone').click();
  await heading(page, `${name} is running`).waitFor();
  const clone = await mainstay.server((await named(mainstay, name)).id);
  expect((await build(mainstay.host, clone, 'hut')).id).not.toBe(world.id);
});

test('to another host: bytes and files are told where both servers are shown, and the source is refused with by what', async ({
  mainstay,
  page,
}) => {
  const { host: attic } = await mainstay.addHost('attic');
  const original = await mainstay.create();
  const world = await build(mainstay.host, original, 'tower');
  const regions = join(mainstay.host.dataOf(original.id), 'volumes/world/region');
  mkdirSync(regions);
  for (let at = 0; at < 200; at += 1) writeFileSync(join(regions, `r.${at}.mca`), Buffer.alloc(1_000_000, at));
  await choose(page, original.name, 'Clone…');
  const name = freshName('clone');
  await describeClone(page, name);
  await field(page, 'Host').selectOption({ label: 'attic' });
  await button(page, 'Clone').click();

  await page.getByText(/copying the data · \d+(\.\d)? (of \d+(\.\d)? )?MB · \d+ files?/).waitFor();
  await page.getByRole('link', { name: /^Servers/ }).click();
  const row = rowOf(page, original.name);
  await row.getByText(new RegExp(`Being copied to ${name} · .*MB`)).waitFor();
  await row.getByText('Stopped', { exact: true }).waitFor();
  const start = (await itemsOf(page, original.name)).find(({ label }) => label === 'Start');
  expect(start?.refusal).toBe(`Its data is being copied to ${name}. Wait for its end, or cancel that.`);

  await untilWord(rowOf(page, name), 'Running');
  await untilWord(row, 'Running');
  expect(worldOf(attic, await named(mainstay, name)).id).toBe(world.id);
});
