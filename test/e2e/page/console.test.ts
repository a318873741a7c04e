// The console as somebody sits before it: what the program prints, what is typed to it, and what is looked for in it.

import { readFileSync } from 'node:fs';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { until } from '../harness/until.ts';
import { button } from './browser.ts';
import { test, type Visit } from './harness.ts';

const terminal = (page: Page) => page.getByRole('region', { name: 'Console' });
const command = (page: Page) => page.getByRole('textbox', { name: 'Command', exact: true });

async function open(visit: Visit, server: Server): Promise<Page> {
  const page = await visit.open(`/servers/${server.id}/console`);
  await terminal(page).getByText('Following').waitFor();
  return page;
}

/** Waits until a line stands in the terminal. */
const shows = (page: Page, line: string) => terminal(page).getByText(line).first().waitFor();

async function send(page: Page, line: string): Promise<void> {
  await command(page).fill(line);
  await command(page).press('Enter');
  await until(
    'the field empty again',
    () => command(page).inputValue(),
    (value) => value === '',
  );
}

describe('a server’s console', () => {
  test('shows what the program prints, as it prints it, and takes commands with their history', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const page = await open(visit, server);
    await shows(page, '[ready] lobby open');
    await send(page, 'say good evening');
    await shows(page, '> say good evening');
    await shows(page, 'good evening');
    await send(page, 'list');
    await shows(page, '0 of 16 players');

    await command(page).fill('say unfin');
    await command(page).press('ArrowUp');
    expect(await command(page).inputValue()).toBe('list');
    await command(page).press('ArrowUp');
    expect(await command(page).inputValue()).toBe('say good evening');
    await command(page).press('ArrowDown');
    await command(page).press('ArrowDown');
    expect(await command(page).inputValue()).toBe('say unfin');
  });

  test('stands still while it is paused, says how much is new, and goes on', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const page = await open(visit, server);
    await shows(page, '[ready] lobby open');
    await button(page, 'Pause').click();
    await send(page, 'say while nobody reads');
    await terminal(page)
      .getByText(/^Paused, \d+ new lines?$/)
      .waitFor();
    expect(await terminal(page).getByText('[chat] <console> while nobody reads').count()).toBe(0);
    await button(page, 'Resume').click();
    await shows(page, '[chat] <console> while nobody reads');
  });

  test('finds words, counts them, and walks from one to the next', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const page = await open(visit, server);
    for (const word of ['harbour', 'harbour', 'bridge']) await send(page, `say ${word}`);
    await shows(page, '[chat] <console> bridge');
    const search = page.getByRole('searchbox', { name: 'Find in the log' });
    await search.fill('<console> harbour');
    await terminal(page).getByText(/of 2$/).waitFor();
    await button(page, 'Next match').click();
    await terminal(page).getByText(/of 2$/).waitFor();
    await search.fill('no such word');
    await terminal(page).getByText('none', { exact: true }).waitFor();
  });

  test('is saved as a text file with the time of each line', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const page = await open(visit, server);
    await shows(page, '[ready] lobby open');
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Download as text').click()]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`^${server.name}-\\d{4}-\\d\\d-\\d\\dT\\d{6}\\.log$`));
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z .*\[ready\] lobby open/m);
  });

  test('reaches back in the engine’s log as far as it is asked to', async ({ mainstay, visit }) => {
    const server = await mainstay.create({ env: { MAX_PLAYERS: '16' } });
    const page = await open(visit, server);
    // Each is a line of the log; with those of its start there are more than a console begins with.
    for (let from = 0; from < 520; from += 40) {
      await Promise.all(
        Array.from({ length: 40 }, (_, at) =>
          fetch(`${mainstay.manager.url}/api/servers/${server.id}/console`, {
            method: 'POST',
            headers: { authorization: `Bearer ${mainstay.token}`, 'content-type': 'application/json' },
            body: JSON.stringify({ line: `say line ${from + at}` }),
          }),
        ),
      );
    }
    const second = await open(visit, server);
    await button(second, 'Show earlier lines').click();
    await button(second, 'Show earlier lines').waitFor({ state: 'detached' });
    const [download] = await Promise.all([second.waitForEvent('download'), button(second, 'Download as text').click()]);
    expect(readFileSync(await download.path(), 'utf8')).toContain('[ready] lobby open');
    await page.close();
  });

  test('says that the server stopped and takes no command then, and follows it when it runs again', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const page = await open(visit, server);
    await mainstay.carryOut('stop', server);
    await page.getByText('It is not running; nothing would read a command.').first().waitFor();
    await terminal(page).getByText('The server does not run now.').waitFor();
    await mainstay.carryOut('start', server);
    await terminal(page).getByText('Following').waitFor();
    await shows(page, 'boot 2');
  });

  test('speaks RCON where the settings say so, shows its answers, and why there is none', async ({ mainstay, visit }) => {
    const rcon = { via: 'rcon', containerPort: 27015, passwordEnv: 'RCON_PASSWORD' } as const;
    const server = await mainstay.create({ console: rcon, env: { RCON_PASSWORD: { secret: 'hush' } } });
    const page = await open(visit, server);
    await shows(page, '[ready] lobby open');
    await send(page, 'list');
    await shows(page, '0 of 16 players');
    await page.getByText('Enter sends it over RCON', { exact: false }).waitFor();

    await mainstay.call(contract.configureServer, {
      params: { serverId: server.id },
      body: { console: { ...rcon, passwordEnv: 'ABSENT' } },
    });
    await command(page).fill('list');
    await command(page).press('Enter');
    await page.getByRole('alert').getByText('Its container has no ABSENT', { exact: false }).waitFor();
    expect(await command(page).inputValue()).toBe('list');
  });
});
