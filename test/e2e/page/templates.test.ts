// Templates as a person meets them: choosing one and answering what it asks, bringing in somebody else's, saving a server as
// one and changing it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { freePort } from '../harness/ports.ts';
import { freshName } from '../harness/sample.ts';
import { button, heading, untilWord } from './browser.ts';
import { test } from './harness.ts';

const eggPath = join(
  import.meta.dirname,
  '../../../packages/manager/test/fixtures/eggs/minecraft__java__paper__pterodactyl-egg-paper.json',
);

const field = (page: Page | Locator, label: string): Locator => page.getByLabel(label, { exact: true });

/** What stands beside a field that is marked as wrong. */
async function errorOf(page: Page, label: string): Promise<string> {
  const control = field(page, label);
  await page.locator('[aria-invalid=true]').and(control).waitFor();
  const [id] = ((await control.getAttribute('aria-describedby')) ?? '').split(' ');
  return page.locator(`[id="${id}"]`).innerText();
}

/** What is offered as a file, by pressing a button. */
async function exported(page: Page): Promise<{ readonly name: string; readonly text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export').click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

describe('a new server', () => {
  test('begins with what it is made from: the sample, its few questions, and it runs', async ({ mainstay, page }) => {
    await page.getByRole('link', { name: 'New server' }).click();
    await page.getByRole('link', { name: 'Valheim', exact: true }).waitFor();
    // Whoever has made no template is most likely new here.
    expect(await page.getByRole('listitem').getByRole('heading').first().innerText()).toContain('Sample');
    await page.getByRole('link', { name: 'Sample', exact: true }).click();

    const [name, hostPort] = [freshName(), await freePort()];
    await field(page, 'Name').fill(name);
    await field(page, 'Name of the lobby (optional)').fill('Harbour');
    const port = field(page, 'Port lobby (game)');
    await port.fill(String(hostPort));
    await page.getByText('free on host').waitFor();
    await page.getByText('What will be made').waitFor();
    await button(page, 'Create server').click();
    await heading(page, `${name} is running`).waitFor();

    const server = (await mainstay.servers()).find((each) => each.name === name);
    expect(server).toMatchObject({
      state: 'running',
      env: { LOBBY_NAME: 'Harbour', MAX_PLAYERS: '16' },
      ports: [{ name: 'lobby', containerPort: 7777, hostPort }],
      console: { via: 'stdin', stopCommand: 'stop' },
      template: { id: 'sample', version: 1 },
    });
    await page.getByRole('link', { name: `Open ${name}` }).click();
    await page.getByText('Sample, version 1').waitFor();
  });

  test('from scratch has the form that asks for everything', async ({ visit }) => {
    const page = await visit.open('/servers/new');
    await page.getByRole('link', { name: 'From scratch' }).click();
    await field(page, 'Image').waitFor();
  });
});

describe('an egg', () => {
  test('is seen with what is and is not carried over before it is saved; a wrong answer stands beside its question', async ({
    mainstay,
    visit,
  }) => {
    const before = await mainstay.servers();
    const page = await visit.open('/templates');
    await button(page, 'Import…').click();
    const dialog = page.getByRole('dialog', { name: 'Import a template' });
    await field(dialog, 'Or its text').fill('not: [a template');
    await dialog.getByText(/^Line 1: /).waitFor();
    await field(dialog, 'A file, or drop it here').setInputFiles(eggPath);
    await heading(page, 'The egg Paper').waitFor();
    const carried = dialog.getByRole('region', { name: 'What it becomes' });
    await carried.getByText('Settings written before each start: server.properties').waitFor();
    await carried.getByText('It is stopped by “stop”').waitFor();
    const runs = dialog.getByRole('region', { name: 'What it runs' });
    await runs.getByText('A stranger wrote what follows', { exact: false }).waitFor();
    await runs.getByText('Install script').click();
    await runs.getByText('PROJECT=paper', { exact: false }).waitFor();
    await runs.getByText('Startup', { exact: true }).click();
    await runs.getByText('java -Xms128M', { exact: false }).waitFor();
    const lost = dialog.getByRole('region', { name: 'What is not carried over' });
    await lost.getByText('The panel’s own feature “eula” does not exist here.').waitFor();
    expect((await mainstay.call(contract.listTemplates, {})).items.some(({ builtIn }) => !builtIn)).toBe(false);

    await button(dialog, 'Save template').click();
    await heading(page, 'Paper').waitFor();
    await page.getByText('Server Jar File', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Create a server' }).click();

    await field(page, 'Name').fill(freshName());
    await field(page, 'Server Jar File').fill('server.exe');
    await button(page, 'Create server').click();
    expect(await errorOf(page, 'Server Jar File')).not.toBe('');
    expect(await mainstay.servers()).toHaveLength(before.length);
    await field(page, 'Server Jar File').fill('paper.jar');
    await page.locator('[aria-invalid=true]').waitFor({ state: 'detached' });
    await page.getByText('What will be made').waitFor();
  });
});

describe('a server that is saved as a template', () => {
  test('keeps its secrets to itself; the template is edited, each save a version, and exported', async ({ mainstay, visit }) => {
    const server = await mainstay.create({
      env: { LOBBY_NAME: 'Harbour' },
      start: false,
    });
    await mainstay.call(contract.configureServer, {
      params: { serverId: server.id },
      body: { env: { ...server.env, ADMIN_PASSWORD: { secret: 'hush-hush' } } },
    });
    const page = await visit.open(`/servers/${server.id}/settings`);
    await button(page, 'Save as template…').click();
    const dialog = page.getByRole('dialog', { name: `Save ${server.name} as a template` });
    await dialog.getByText('each new server asks for its own: ADMIN_PASSWORD.', { exact: false }).waitFor();
    await field(dialog, 'Name of the template').fill('Harbour');
    await button(dialog, 'Save template').click();
    await heading(page, 'Harbour').waitFor();
    await page.getByText('ADMIN_PASSWORD={{ADMIN_PASSWORD}}').waitFor();

    await button(page, 'Edit').click();
    const yaml = field(page, 'The template as YAML');
    const before = await yaml.inputValue();
    await yaml.fill(before.replace('LOBBY_NAME: Harbour', 'LOBBY_NAME: 7'));
    const wrongLine = before.split('\n').findIndex((line) => line.includes('LOBBY_NAME: Harbour')) + 1;
    await page.getByText(new RegExp(`^Line ${wrongLine}: `)).waitFor();
    await yaml.fill(before.replace('LOBBY_NAME: Harbour', 'LOBBY_NAME: Bay'));
    await page.getByText('It can be saved.').waitFor();
    await button(page, 'Save version 2').click();
    await page.getByText('LOBBY_NAME=Bay').waitFor();
    await page.getByRole('link', { name: 'Version 1' }).click();
    await page.getByText('This is version 1; the newest is 2.').waitFor();
    await page.getByRole('link', { name: 'Go to the newest' }).click();
    await page.getByText('LOBBY_NAME=Bay').waitFor();

    const { name, text } = await exported(page);
    expect(name).toBe('Harbour.yaml');
    expect(text).toContain('LOBBY_NAME: Bay');
    expect(text).not.toContain('hush-hush');
    const read = await mainstay.call(contract.readTemplate, { body: { text } });
    expect(read).toMatchObject({ format: 'mainstay', template: { name: 'Harbour' } });
  });

  test('is not left with changes that nobody saved, unless that is said', async ({ visit }) => {
    const page = await visit.open('/templates/sample');
    await button(page, 'Copy').click();
    await field(page, 'The template as YAML').fill('name: mine');
    await page.getByRole('link', { name: 'Hosts' }).click();
    const question = page.getByRole('alertdialog', { name: 'Leave without saving?' });
    await button(question, 'Stay here').click();
    expect(await field(page, 'The template as YAML').inputValue()).toBe('name: mine');
    await page.getByRole('link', { name: 'Hosts' }).click();
    await button(question, 'Discard changes').click();
    await heading(page, 'Hosts').waitFor();
  });
});

test('a newer version of what a server was made from is told of on its page, and so is one that is gone', async ({ mainstay, visit }) => {
  const { template } = await mainstay.call(contract.getTemplate, { params: { templateId: 'sample' }, query: {} });
  const own = await mainstay.call(contract.createTemplate, { body: { template: { ...template, name: 'Bay' } } });
  const create = await mainstay.call(contract.createFromTemplate, {
    params: { templateId: own.id },
    body: { name: freshName(), ports: { lobby: await freePort() }, start: false },
  });
  await mainstay.ended(create);
  const page = await visit.open(`/servers/${create.serverId}`);
  await untilWord(page.getByRole('article'), 'Stopped');
  await page.getByText('Bay, version 1', { exact: true }).waitFor();
  await mainstay.call(contract.saveTemplate, {
    params: { templateId: own.id },
    body: { template: { ...template, name: 'Bay', description: 'Mended' }, version: 1 },
  });
  await page.getByText('version 2 is there').waitFor();
  await mainstay.call(contract.removeTemplate, { params: { templateId: own.id } });
  await page.getByText('that template is gone').waitFor();
});
