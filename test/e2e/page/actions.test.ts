// Each button does what it says, on the real engine: what the page shows afterwards is what the container is.

import { existsSync, rmSync } from 'node:fs';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { Installation } from '../harness/installation.ts';
import { build, worldOf } from '../harness/sample.ts';
import { until } from '../harness/until.ts';
import { button, choose, heading, openMenu, rowOf, untilWord } from './browser.ts';
import { test } from './harness.ts';

const containerOf = (mainstay: Installation, { name }: Server) => mainstay.outside.inspect(name);

async function missing(mainstay: Installation): Promise<Server> {
  const server = await mainstay.create();
  await build(mainstay.host, server, 'tower');
  await mainstay.outside.remove(server.name);
  return mainstay.untilState(server.id, 'missing');
}

async function deleted(mainstay: Installation): Promise<Server> {
  const server = await mainstay.create();
  await build(mainstay.host, server, 'tower');
  await mainstay.carryOut('delete', server);
  return mainstay.server(server.id);
}

/** The field of a form by its label. */
const field = (page: Page, label: string): Locator => page.getByLabel(label, { exact: true });

describe('a running server', () => {
  test('is stopped by Stop and started by Start', async ({ mainstay, page }) => {
    const server = await mainstay.create();
    const row = rowOf(page, server.name);
    await button(row, 'Stop').click();
    await untilWord(row, 'Stopped');
    expect(await containerOf(mainstay, server)).toMatchObject({ State: { Running: false, ExitCode: 0 } });

    await button(row, 'Start').click();
    await untilWord(row, 'Running');
    expect(await containerOf(mainstay, server)).toMatchObject({ Id: server.containerId, State: { Running: true } });
  });

  test('is started anew by Restart, in the same container', async ({ mainstay, page }) => {
    const server = await mainstay.create();
    const before = await containerOf(mainstay, server);
    await choose(page, server.name, 'Restart');
    const after = await until(
      'the container started again',
      () => containerOf(mainstay, server),
      ({ State }) => State.Running && State.StartedAt !== before.State.StartedAt,
    );
    expect(after.Id).toBe(before.Id);
    await button(rowOf(page, server.name), 'Stop').waitFor();
    await untilWord(rowOf(page, server.name), 'Running');
  });

  test('has changed settings applied by Rebuild, around the same world', async ({ mainstay, page }) => {
    const server = await mainstay.create();
    const world = await build(mainstay.host, server, 'tower');
    await choose(page, server.name, 'Settings…');
    await button(page, 'Add a variable').click();
    const last = Object.keys(server.env).length + 1;
    await field(page, `Variable ${last}, Name`).fill('LOBBY_NAME');
    await field(page, `Variable ${last}, Value`).fill('Harbour');
    await page.getByText('Changes: env').waitFor();
    await button(page, 'Save').click();
    await page.getByText('Settings changed since its container was made: env. A rebuild applies them.').waitFor();
    expect((await containerOf(mainstay, server)).Config.Env).not.toContain('LOBBY_NAME=Harbour');

    await button(page.getByRole('region', { name: 'Settings' }), 'Rebuild').click();
    await page.getByText('Settings changed since its container was made', { exact: false }).waitFor({ state: 'detached' });
    await untilWord(page.getByRole('article'), 'Running');

    const after = await containerOf(mainstay, server);
    expect(after.Id).not.toBe(server.containerId);
    expect(after).toMatchObject({ Name: `/${server.name}`, State: { Running: true } });
    expect(after.Config.Env).toContain('LOBBY_NAME=Harbour');
    expect(worldOf(mainstay.host, server)).toMatchObject({ id: world.id, things: world.things });
  });

  test('shows the last lines of its log, and the newer ones as they come', async ({ mainstay, page }) => {
    const server = await mainstay.create();
    await build(mainstay.host, server, 'tower');
    await rowOf(page, server.name).getByRole('link', { name: server.name }).click();
    const log = page.getByRole('log', { name: 'Log' });
    await log.getByText('mason came in').waitFor();
    await build(mainstay.host, server, 'bridge');
    await log.getByText('mason came in').nth(1).waitFor();
  });
});

describe('Delete', () => {
  test('first says what goes and what is kept until when, and Cancel leaves everything', async ({ mainstay, page }) => {
    const server = await mainstay.create();
    await choose(page, server.name, 'Delete…');
    const question = page.getByRole('alertdialog', { name: `Delete ${server.name}?` });
    await question.getByText('Its container goes, after it has had its time to save and stop.').waitFor();
    await question.getByText(/^Kept until tomorrow \d\d:\d\d: its record, its data.*, its name and its ports\./).waitFor();
    await button(question, 'Cancel').click();
    await question.waitFor({ state: 'detached' });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', operation: null });
  });

  test('takes the server from the list; Show deleted shows it; Restore and Recover bring it back with its world', async ({
    mainstay,
    page,
  }) => {
    const server = await mainstay.create();
    const world = await build(mainstay.host, server, 'tower');
    const row = rowOf(page, server.name);
    await choose(page, server.name, 'Delete…');
    await button(page.getByRole('alertdialog'), 'Delete').click();
    await row.waitFor({ state: 'detached' });
    expect(await mainstay.outside.containersOf(server.id)).toEqual([]);

    await page.getByRole('checkbox', { name: 'Show deleted' }).check();
    await untilWord(row, 'Deleted');
    await row.getByText(/^purged in 23 h/).waitFor();
    await row.getByText('name and ports held').waitFor();

    await button(row, 'Restore').click();
    await untilWord(row, 'Missing');
    await page.getByText('is restored and has no container yet').waitFor();
    await button(row, 'Recover').click();
    await untilWord(row, 'Running');
    expect(worldOf(mainstay.host, server)).toMatchObject({ id: world.id, things: world.things });
  });
});

describe('Purge', () => {
  test('asks what becomes of the data and for the name; a wrong one purges nothing', async ({ mainstay, page }) => {
    const server = await deleted(mainstay);
    await page.getByRole('checkbox', { name: 'Show deleted' }).check();
    await choose(page, server.name, 'Purge…');
    const question = page.getByRole('dialog', { name: `Purge ${server.name}?` });
    const purge = button(question, 'Purge');
    const refusal = () => purge.getAttribute('aria-description');
    await question.getByText('it can be brought back from there, record and all', { exact: false }).waitFor();
    expect(await refusal()).toBe('Choose what becomes of the data first.');

    await question.getByRole('radio', { name: 'Remove the data' }).click();
    expect(await refusal()).toBe(`Type ${server.name} first.`);
    const name = question.getByLabel(`Type ${server.name} to confirm`);
    await name.fill(`${server.name}x`);
    expect(await refusal()).toBe(`Type ${server.name} first.`);
    await name.press('Enter');
    await purge.click({ force: true });
    expect(await question.isVisible()).toBe(true);
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'deleted', operation: null });

    await name.fill(server.name);
    expect(await refusal()).toBe(null);
    await purge.click();
    await rowOf(page, server.name).waitFor({ state: 'detached' });
    await expect(mainstay.server(server.id)).rejects.toMatchObject({ code: 'not-found' });
    expect(existsSync(mainstay.host.dataOf(server.id))).toBe(false);
  });

  test('that keeps the data leaves it on the host, and the server’s own page says that it is gone', async ({ mainstay, visit }) => {
    const server = await deleted(mainstay);
    const page = await visit.open(`/servers/${server.id}/settings`);
    await button(page.getByRole('region', { name: 'Danger zone' }), 'Purge…').click();
    const question = page.getByRole('dialog');
    await question.getByRole('radio', { name: 'Keep the data' }).click();
    await question.getByLabel(`Type ${server.name} to confirm`).fill(server.name);
    await button(question, 'Purge').click();
    await heading(page, 'This server was purged').waitFor();
    expect(worldOf(mainstay.host, server).things).toEqual([{ name: 'tower', count: 1 }]);
  });
});

describe('a missing server whose data is gone too', () => {
  test('asks before it starts with an empty world', async ({ mainstay, page }) => {
    const server = await missing(mainstay);
    const world = worldOf(mainstay.host, server);
    rmSync(mainstay.host.dataOf(server.id), { recursive: true });
    // The host looks again, now or by itself a little before.
    await mainstay.call(contract.syncAgent, { params: { agentId: server.agentId } });
    const row = rowOf(page, server.name);
    await row.getByText('data gone').waitFor();

    await button(row, 'Start with an empty world…').click();
    const question = page.getByRole('alertdialog', { name: `Start ${server.name} with an empty world?` });
    await question.getByText('Its data on host is gone.', { exact: false }).waitFor();
    await button(question, 'Cancel').click();
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'missing', operation: null });
    expect(existsSync(mainstay.host.dataOf(server.id))).toBe(false);

    await button(row, 'Start with an empty world…').click();
    await button(question, 'Start with an empty world').click();
    await untilWord(row, 'Running');
    const again = await mainstay.server(server.id);
    expect((await build(mainstay.host, again, 'hut')).id).not.toBe(world.id);
  });
});

test('while an operation is under way the others are refused with what to do', async ({ mainstay, page }) => {
  const server = await mainstay.create({ env: { STOP_SECONDS: '3' } });
  const row = rowOf(page, server.name);
  await button(row, 'Stop').click();
  await row.getByText('Stopping · letting it save and stop', { exact: false }).waitFor();
  const menu = await openMenu(page, server.name);
  const refusals = await menu.getByRole('menuitem', { disabled: true }).evaluateAll((items) => items.map((item) => item.ariaDescription));
  expect(refusals).toContain('Stopping is under way. Wait for its end, or cancel it.');
  await page.keyboard.press('Escape');
  await untilWord(row, 'Stopped');
});
