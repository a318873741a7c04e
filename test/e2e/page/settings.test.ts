// The settings of a server: every field of its record, told beside itself when it is wrong, and what saving will change
// told before it does.

import { contract } from '@mainstay/wire/contract';
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { freePort } from '../harness/ports.ts';
import { freshName, portOf } from '../harness/sample.ts';
import { button, heading, unfolded } from './browser.ts';
import { test } from './harness.ts';

const field = (page: Page, label: string): Locator => page.getByLabel(label, { exact: true });
const changes = (page: Page): Locator => page.getByRole('region', { name: 'What saving changes' });

describe('the settings', () => {
  test('change every field of the record, and say what of it takes a rebuild', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const page = await visit.open(`/servers/${server.id}/settings`);
    await heading(page, 'Danger zone').waitFor();
    await unfolded(page);
    const name = freshName('renamed');
    const port = await freePort();
    await field(page, 'Name').fill(name);
    await field(page, 'Port 1, On the host').fill(String(port));
    await page.getByText('free on host').waitFor();
    await button(page, 'Add a volume').click();
    await field(page, 'Volume 2, Name').fill('backups');
    await field(page, 'Volume 2, Path in the container').fill('/backups');
    await field(page, 'Memory limit, MiB').fill('300');
    await field(page, 'CPU limit, cores').fill('1.5');
    await field(page, 'Stop signal').fill('SIGINT');
    await field(page, 'Time to stop, seconds').fill('45');
    await field(page, 'When it ends by itself').selectOption('Leave it stopped');
    await field(page, 'Console').selectOption('RCON');
    await field(page, 'RCON port in the container').fill('27015');
    await field(page, 'Variable that holds its password').fill('RCON_PASSWORD');

    const told = await changes(page).innerText();
    expect(told).toContain(`${server.name} → ${name}`);
    expect(told).toContain('none → 300 MiB memory · 1.5 cores');
    expect(told).toContain('SIGINT, then 45 s to save and end');
    expect(told).toContain('standard input → RCON on port 27015, its password in RCON_PASSWORD');
    expect(told).toContain('A rebuild then applies it to the container.');
    await button(page, 'Save').click();
    await page.getByText(/^Settings changed since its container was made: name, ports, volumes, limits, stop, restart\./).waitFor();

    expect(await mainstay.server(server.id)).toMatchObject({
      name,
      ports: [{ hostPort: port }, { hostPort: portOf(server, 'rcon') }],
      volumes: [{ name: 'world' }, { name: 'backups', containerPath: '/backups' }],
      limits: { memoryMb: 300, cpus: 1.5 },
      stop: { signal: 'SIGINT', graceSeconds: 45 },
      restart: 'no',
      console: { via: 'rcon', containerPort: 27015, passwordEnv: 'RCON_PASSWORD' },
    });
    await heading(page, name).waitFor();
  });

  test('of the console alone are in effect at once', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const page = await visit.open(`/servers/${server.id}/settings`);
    await unfolded(page);
    await field(page, 'Console').selectOption('It takes no commands');
    expect(await changes(page).innerText()).not.toContain('rebuild');
    await button(page, 'Save').click();
    await page.getByText('It is in effect.').waitFor();
    expect(await mainstay.server(server.id)).toMatchObject({ console: { via: 'none' }, outdated: [] });
  });

  test('show a secret to nobody, keep it when nothing is typed, and change it when something is', async ({ mainstay, visit }) => {
    const server = await mainstay.create({ env: { ADMIN_CODE: { secret: 'sesame' } } });
    const page = await visit.open(`/servers/${server.id}/settings`);
    const at = Object.keys(server.env).indexOf('ADMIN_CODE') + 1;
    const value = field(page, `Variable ${at}, Value`);
    expect(await value.inputValue()).toBe('');
    expect(await value.getAttribute('placeholder')).toBe('set; type to change it');
    expect(await value.getAttribute('type')).toBe('password');
    expect(await page.content()).not.toContain('sesame');

    await button(page, 'Add a variable').click();
    const last = Object.keys(server.env).length + 1;
    await field(page, `Variable ${last}, Name`).fill('LOBBY_NAME');
    await field(page, `Variable ${last}, Value`).fill('Harbour');
    await changes(page).getByText('LOBBY_NAME added').waitFor();
    await button(page, 'Save').click();
    await page.getByText('Settings changed since its container was made: env.', { exact: false }).first().waitFor();
    await mainstay.carryOut('rebuild', server);
    expect((await mainstay.outside.inspect(server.name)).Config.Env).toContain('ADMIN_CODE=sesame');

    await value.fill('open');
    await changes(page).getByText('ADMIN_CODE changed').waitFor();
    await button(page, 'Save').click();
    await page.getByText('Settings changed since its container was made: env.', { exact: false }).first().waitFor();
    await mainstay.carryOut('rebuild', server);
    expect((await mainstay.outside.inspect(server.name)).Config.Env).toContain('ADMIN_CODE=open');
    const overview = await visit.open(`/servers/${server.id}`);
    await overview.getByText('ADMIN_CODE=••••••••').waitFor();
  });

  test('that somebody else changed meanwhile are not overwritten', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const page = await visit.open(`/servers/${server.id}/settings`);
    await field(page, 'Name').fill(freshName('mine'));
    await mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { stop: { graceSeconds: 77 } } });
    await page.getByRole('alert').getByText('Somebody changed this server meanwhile.').waitFor();
    expect(await button(page, 'Save').getAttribute('aria-description')).toBe('Somebody changed this server meanwhile.');
    await button(page, 'Take what is there now').click();
    expect(await field(page, 'Time to stop, seconds').inputValue()).toBe('77');
    expect(await field(page, 'Name').inputValue()).toBe(server.name);
  });

  test('of a deleted server are shown and refuse, with the reason', async ({ mainstay, visit }) => {
    const server = await mainstay.create({ start: false });
    await mainstay.carryOut('delete', server);
    const page = await visit.open(`/servers/${server.id}/settings`);
    expect(await field(page, 'Name').isDisabled()).toBe(true);
    expect(await button(page, 'Save').getAttribute('aria-description')).toBe('It is deleted. Restore it first.');
  });

  test('that were not saved are not dropped without a question', async ({ mainstay, visit }) => {
    const server = await mainstay.create({ start: false });
    const page = await visit.open(`/servers/${server.id}/settings`);
    await unfolded(page);
    await field(page, 'Memory limit, MiB').fill('128');
    const overview = page.getByRole('link', { name: 'Overview', exact: true });
    await overview.click();
    const question = page.getByRole('alertdialog', { name: 'Leave without saving?' });
    await question.getByText('What you changed is not saved: limits.').waitFor();
    await button(question, 'Stay here').click();
    expect(await field(page, 'Memory limit, MiB').inputValue()).toBe('128');
    await overview.click();
    await button(question, 'Discard changes').click();
    await page.getByRole('heading', { name: 'Facts' }).waitFor();
    expect(await mainstay.server(server.id)).toMatchObject({ limits: { memoryMb: null } });
  });
});
