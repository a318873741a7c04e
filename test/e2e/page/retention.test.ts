// How long things are kept, on the page: set for all, set for one, counted down, and brought back from the trash.

import { contract } from '@mainstay/wire/contract';
import { describe, expect } from 'vitest';
import { build, worldOf } from '../harness/sample.ts';
import { button, heading, rowOf, untilWord } from './browser.ts';
import { test } from './harness.ts';

describe('the settings of the installation', () => {
  test('say how long deleted servers are kept; every open page counts down to it; a wrong one is told beside its field', async ({
    mainstay,
    visit,
  }) => {
    const server = await mainstay.create({ start: false });
    await mainstay.carryOut('delete', server);
    const [list, page] = [await visit.open('/?deleted=true'), await visit.open('/settings')];
    await rowOf(list, server.name)
      .getByText(/^purged in 23 h/)
      .waitFor();
    await page.getByLabel('Hours they are kept').fill('-3');
    await page.getByText('Not less than 0.').waitFor();
    expect(await button(page, 'Save').getAttribute('aria-description')).toBe('Something above is not right yet.');
    await page.getByLabel('Hours they are kept').fill('72');
    await button(page, 'Save').click();
    await page.getByText('Saved').waitFor();
    await rowOf(list, server.name).getByText('purged in 2 d').waitFor();
    await page.getByLabel('Hours they are kept').fill('');
    await button(page, 'Save').click();
    await rowOf(list, server.name).getByText('kept until somebody purges it').waitFor();
    await mainstay.call(contract.changeSettings, { body: { retentionHours: 24 } });
    await rowOf(list, server.name)
      .getByText(/^purged in 23 h/)
      .waitFor();
  });

  test('give way to a server’s own, which its deletion says', async ({ mainstay, visit }) => {
    const server = await mainstay.create({ start: false });
    const page = await visit.open(`/servers/${server.id}/settings`);
    await heading(page, 'Danger zone').waitFor();
    await page.getByLabel('Kept after a deletion').selectOption('Until somebody purges it');
    await button(page, 'Save').click();
    await page.getByText('It is in effect.').waitFor();
    await button(page.getByRole('region', { name: 'Danger zone' }), 'Delete…').click();
    await page
      .getByRole('alertdialog')
      .getByText(/^Kept until somebody purges it: its record/)
      .waitFor();
    await button(page.getByRole('alertdialog'), 'Cancel').click();
    expect(await mainstay.server(server.id)).toMatchObject({ retention: { hours: null }, outdated: [] });
  });
});

describe('the trash of a host', () => {
  test('shows what was purged, brings it back with its world, and removes for good only what is named', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    await build(mainstay.host, server, 'tower');
    await mainstay.carryOut('delete', server);
    const page = await visit.open(`/servers/${server.id}/settings`);
    await button(page.getByRole('region', { name: 'Danger zone' }), 'Purge…').click();
    const question = page.getByRole('dialog');
    await question.getByRole('radio', { name: 'Remove the data' }).click();
    await question.getByRole('checkbox', { name: 'Make an archive of it first' }).check();
    await question.getByLabel(`Type ${server.name} to confirm`).fill(server.name);
    await button(question, 'Purge').click();
    await heading(page, 'This server was purged').waitFor();

    await page.getByRole('link', { name: /^Hosts/ }).click();
    await page.getByText('Trash', { exact: true }).click();
    await page.getByText(/^moved there \d+ s ago · goes for good in 6 d$/).waitFor();
    await page.getByText(/^made \d+ s ago$/).waitFor();
    await button(page, `Restore ${server.name} from the trash`).click();
    await untilWord(page.getByRole('article'), 'Missing');
    await button(page.getByRole('article'), 'Recover').click();
    await untilWord(page.getByRole('article'), 'Running');
    expect(worldOf(mainstay.host, server).things).toEqual([{ name: 'tower', count: 1 }]);

    await mainstay.carryOut('delete', server);
    await mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });
    // A page that has not seen the trash before: what lay in it then is elsewhere now.
    const hosts = await visit.open('/hosts');
    await hosts.getByText('Trash', { exact: true }).click();
    await button(hosts, `Remove ${server.name} for good`).first().click();
    const removal = hosts.getByRole('alertdialog', { name: `Remove ${server.name} for good?` });
    expect(await button(removal, 'Remove for good').getAttribute('aria-description')).toBe(`Type ${server.name} first.`);
    await removal.getByLabel(`Type ${server.name} to confirm`).fill(server.name);
    await button(removal, 'Remove for good').click();
    await removal.waitFor({ state: 'detached' });
    await hosts.getByText('The trash is empty.').waitFor();
  });
});
