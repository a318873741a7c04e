// What the page says when somebody is not heard: an agent, or the manager itself. It never draws as fresh what is only
// as last seen, and takes up where things stand by itself.

import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { button, rowOf, untilLive, untilWord, whileAway } from './browser.ts';
import { test } from './harness.ts';

const attention = (page: Page) => page.getByRole('region', { name: /needs? attention$/ });

describe('a host whose agent was killed', () => {
  test('is said not to be heard since when; its servers are shown as of then and change no state', async ({ mainstay, page }) => {
    const [running, stopped] = await Promise.all([mainstay.create(), mainstay.create({ start: false })]);
    await untilWord(rowOf(page, running.name), 'Running');
    await whileAway(mainstay, async () => {
      await page.getByRole('rowheader', { name: /^host · not heard since \d\d:\d\d:\d\d · 2 servers, as last seen$/ }).waitFor();
      await rowOf(page, running.name)
        .getByText(/^Running \d+ s ago$/)
        .waitFor();
      await rowOf(page, stopped.name)
        .getByText(/^Stopped \d+ s ago$/)
        .waitFor();
      await attention(page)
        .getByText(/not heard for \d+ s/)
        .waitFor();
      await attention(page)
        .getByText(/its 2 servers are shown as of \d\d:\d\d:\d\d; nothing is assumed about them/)
        .waitFor();
      await page.getByText('1 host · 1 not heard').waitFor();
      await button(rowOf(page, running.name), 'Stop when heard').waitFor();
      expect(await mainstay.server(running.id)).toMatchObject({ state: 'running', stateSince: running.stateSince });
      expect(await mainstay.server(stopped.id)).toMatchObject({ state: 'stopped', stateSince: stopped.stateSince });
    });
    await untilWord(rowOf(page, running.name), 'Running');
    await untilWord(rowOf(page, stopped.name), 'Stopped');
    await attention(page).waitFor({ state: 'detached' });
    await page.getByRole('rowheader', { name: /^host · Docker .* · 2 servers · .* free$/ }).waitFor();
  });

  test('has what is asked of it wait, and that can be cancelled from the page', async ({ mainstay, page }) => {
    const server = await mainstay.create();
    const row = rowOf(page, server.name);
    await untilWord(row, 'Running');
    await whileAway(mainstay, async () => {
      await button(row, 'Stop when heard').click();
      await row.getByText('Stopping · waiting: the host to be heard again').waitFor();
      await button(row, 'Cancel').click();
      await page.getByText(`Stop of ${server.name} was cancelled`).waitFor();
      await button(row, 'Stop when heard').waitFor();
      expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', operation: null });
    });
    await untilWord(row, 'Running');
    expect(await mainstay.outside.inspect(server.name)).toMatchObject({ Id: server.containerId, State: { Running: true } });
  });

  test('carries out what waited for it as soon as it is back', async ({ mainstay, page }) => {
    const server = await mainstay.create();
    const row = rowOf(page, server.name);
    await untilWord(row, 'Running');
    await whileAway(mainstay, async () => {
      await button(row, 'Stop when heard').click();
      await row.getByText('Stopping · waiting: the host to be heard again').waitFor();
    });
    await untilWord(row, 'Stopped');
    expect(await mainstay.outside.inspect(server.name)).toMatchObject({ State: { Running: false } });
  });
});

describe('a manager that was stopped', () => {
  test('is said not to be heard; started again, the page is live by itself and shows what happened meanwhile', async ({
    mainstay,
    page,
  }) => {
    const { manager, outside } = mainstay;
    const [lost, kept] = await Promise.all([mainstay.create(), mainstay.create()]);
    await untilWord(rowOf(page, lost.name), 'Running');
    await manager.stop();
    const banner = page.getByText(/^Not hearing from the manager since \d\d:\d\d:\d\d\.$/);
    await banner.waitFor();
    await page.getByText('Not live').waitFor();
    await button(rowOf(page, kept.name), 'Stop').click();
    await page.getByText('The manager did not answer.', { exact: false }).waitFor();
    await outside.remove(lost.name);

    await manager.start();
    await untilLive(page);
    await banner.waitFor({ state: 'detached' });
    await untilWord(rowOf(page, lost.name), 'Missing');
    await untilWord(rowOf(page, kept.name), 'Running');
    await button(rowOf(page, lost.name), 'Recover').click();
    await untilWord(rowOf(page, lost.name), 'Running');
  });
});

test('two open pages agree, whoever does what', async ({ mainstay, page, visit }) => {
  const server = await mainstay.create();
  const other = await visit.open(`/servers/${server.id}`);
  const [row, article] = [rowOf(page, server.name), other.getByRole('article')];
  await untilWord(row, 'Running');
  await untilWord(article, 'Running');

  await button(row, 'Stop').click();
  await untilWord(article, 'Stopped');
  await button(article, 'Start').click();
  await untilWord(row, 'Running');
  await mainstay.outside.remove(server.name);
  await Promise.all([untilWord(row, 'Missing'), untilWord(article, 'Missing')]);
  await mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });
  await Promise.all([row.waitFor({ state: 'detached' }), other.getByText('This server was purged').waitFor()]);
});
