// Making a server and adding a host: what is wrong stands beside its field, what is under way is seen to come about.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, onTestFinished } from 'vitest';
import { createHost } from '../harness/host.ts';
import { freePort } from '../harness/ports.ts';
import { freshName, portOf } from '../harness/sample.ts';
import { button, heading, rowOf, untilWord, whileAway } from './browser.ts';
import { test as base } from './harness.ts';

const test = base.extend('form', async ({ visit }): Promise<Page> => {
  const page = await visit.open('/servers/new?template=scratch');
  await heading(page, 'New server').waitFor();
  return page;
});

const field = (page: Page, label: string): Locator => page.getByLabel(label, { exact: true });

/** What stands beside a field that is marked as wrong. */
async function errorOf(page: Page, label: string): Promise<string> {
  const control = field(page, label);
  await page.locator('[aria-invalid=true]').and(control).waitFor();
  const [id] = ((await control.getAttribute('aria-describedby')) ?? '').split(' ');
  return page.locator(`[id="${id}"]`).innerText();
}

describe('the form of a new server', () => {
  test('shows what is wrong beside its field, and makes nothing', async ({ mainstay, form }) => {
    const before = await mainstay.servers();
    await field(form, 'Name').fill('../../etc/passwd');
    expect(await errorOf(form, 'Name')).toMatch(/^Use 2 to 60 lower-case letters/);
    await field(form, 'Name').fill('<img src=x onerror=alert(1)>');
    await field(form, 'Image').fill('no image');
    await field(form, 'Port 1, In the container').fill('70000');
    await field(form, 'Port 1, On the host').fill('many');
    await field(form, 'Volume 1, Path in the container').fill('/proc');
    await button(form, 'Create server').click();

    await form.getByRole('alert').getByText('Something above is not right yet.').waitFor();
    expect(await errorOf(form, 'Name')).toMatch(/^Use 2 to 60 lower-case letters/);
    expect(await errorOf(form, 'Image')).toMatch(/^Not an image reference/);
    expect(await errorOf(form, 'Port 1, In the container')).toBe('Ports end at 65535.');
    expect(await errorOf(form, 'Port 1, On the host')).toMatch(/number/);
    expect(await errorOf(form, 'Volume 1, Path in the container')).toMatch(/^Not below \/proc/);
    expect(await mainstay.servers()).toEqual(before);
  });

  test('shows the manager’s own refusals there too: a name and a port that are taken', async ({ mainstay, form }) => {
    const holder = await mainstay.create();
    await field(form, 'Name').fill(holder.name);
    await button(form, 'Create server').click();
    expect(await errorOf(form, 'Name')).toContain(holder.name);

    await field(form, 'Name').fill(freshName());
    await field(form, 'Port 1, On the host').fill(String(portOf(holder, 'lobby')));
    await button(form, 'Create server').click();
    expect(await errorOf(form, 'Port 1, On the host')).toContain(holder.name);

    // What was refused goes with the next change, and the same form then succeeds.
    const name = await field(form, 'Name').inputValue();
    await field(form, 'Port 1, On the host').fill(String(await freePort()));
    await button(form, 'Create server').click();
    await heading(form, `${name} is running`).waitFor();
    await mainstay.carryOut('delete', (await mainstay.servers()).find((server) => server.name === name)!);
  });

  test('shows the progress of the creation until it runs, and leads to the server', async ({ mainstay, form }) => {
    const name = freshName();
    await whileAway(mainstay, async () => {
      await field(form, 'Name').fill(name);
      await field(form, 'Port 1, On the host').fill(String(await freePort()));
      await button(form, 'Create server').click();
      await heading(form, `Making ${name}`).waitFor();
      await form.getByText('Creating · waiting: the host to be heard again').waitFor();
    });
    await heading(form, `${name} is running`).waitFor();
    await form.getByRole('link', { name: `Open ${name}` }).click();
    await untilWord(form.getByRole('article'), 'Running');
  });

  test('says why when a creation fails, and keeps what was typed with the server', async ({ form }) => {
    const name = freshName();
    await field(form, 'Name').fill(name);
    await field(form, 'Image').fill('localhost:1/mainstay-test/none:1');
    await button(form, 'Create server').click();
    await heading(form, `${name} could not be created`).waitFor();
    await form.getByText('localhost:1/mainstay-test/none:1 is not on the host and could not be pulled', { exact: false }).first().waitFor();
    await form.getByRole('link', { name: `Open ${name}` }).click();
    await untilWord(form.getByRole('article'), 'Failed');
    await button(form, 'Try again').waitFor();
  });
});

describe('the page of hosts', () => {
  test('shows what each host told of its machine', async ({ mainstay, visit }) => {
    const page = await visit.open('/hosts');
    const { facts } = await mainstay.agent();
    const host = page.getByRole('region', { name: 'host', exact: true });
    await host.getByText(/^online for /).waitFor();
    const said = await host.innerText();
    for (const each of [`${facts!.engine!.version} · answers`, facts!.dataRoot, facts!.agentVersion]) expect(said).toContain(each);
    expect(said).toMatch(/ free of /);
  });

  test('shows what a host’s owner allows, and a policy that cannot be used', async ({ mainstay, visit }) => {
    const page = await visit.open('/hosts');
    const host = page.getByRole('region', { name: 'host', exact: true });
    await host.getByText('none of its own', { exact: false }).waitFor();
    const policy = join(mainstay.host.home, 'policy.yaml');
    onTestFinished(() => writeFileSync(policy, '{}'));
    writeFileSync(policy, 'images: [mainstay/sample-server]\nmemoryMb: 512\n');
    await host.getByText('images: mainstay/sample-server · memory up to 512 MiB a server', { exact: false }).waitFor();
    writeFileSync(policy, 'images: none\n');
    await host.getByRole('alert').getByText(`The policy in ${policy} cannot be used`, { exact: false }).waitFor();
    writeFileSync(policy, '{}');
    await host.getByRole('alert').waitFor({ state: 'detached' });
  });

  test('has a host looked at by Sync now, and says what came of it', async ({ visit }) => {
    const page = await visit.open('/hosts');
    await button(page.getByRole('region', { name: 'host', exact: true }), 'Sync now').click();
    await page.getByText(/^host looked at \d\d:\d\d:\d\d$/).waitFor();
    await page.getByText(/^\d+ servers?, nothing changed$/).waitFor();
  });

  test('gives a command that adds a host, which then appears by itself', async ({ mainstay, visit }) => {
    const [page, servers] = [await visit.open('/hosts'), await visit.open('/servers/new?template=scratch')];
    await button(page, 'Add a host').click();
    const dialog = page.getByRole('dialog', { name: 'Add a host' });
    const command = await button(dialog, /^Copy \.\/mainstay agent/).innerText();
    const [, managerUrl, joinToken] = /^\.\/mainstay agent --manager (\S+) --join-token (\S+)$/.exec(command) ?? [];
    expect(managerUrl).toBe(mainstay.manager.url);

    const second = createHost({ directory: mainstay.directory, name: 'attic', managerUrl: managerUrl!, joinToken: joinToken! });
    second.start();
    try {
      await dialog.getByText('attic joined.').waitFor();
      await button(dialog, 'Done').click();
      const panel = page.getByRole('region', { name: 'attic', exact: true });
      await panel.getByText(/^online for /).waitFor();
      // A form that was open before offers it too.
      await field(servers, 'Host').selectOption('attic');

      await second.stop();
      await panel.getByText(/^not heard since \d\d:\d\d:\d\d$/).waitFor();
      await button(panel, 'Remove host…').click();
      await button(page.getByRole('alertdialog', { name: 'Remove attic?' }), 'Remove').click();
      await panel.waitFor({ state: 'detached' });
    } finally {
      await second.kill();
    }
  });
});

test('what is looked for in the list, and how it is filtered, stands in the address', async ({ mainstay, page }) => {
  const [one, two] = await Promise.all([
    mainstay.create({ name: freshName('harbour') }),
    mainstay.create({ name: freshName('tower'), start: false }),
  ]);
  await page.keyboard.press('/');
  await page.keyboard.type('harbour');
  await rowOf(page, two.name).waitFor({ state: 'detached' });
  await untilWord(rowOf(page, one.name), 'Running');
  expect(new URL(page.url()).search).toBe('?q=harbour');
  await page.getByRole('searchbox', { name: 'Find a server' }).fill('');
  await button(page, /^Stopped/).click();
  await rowOf(page, one.name).waitFor({ state: 'detached' });
  await untilWord(rowOf(page, two.name), 'Stopped');
  expect(new URL(page.url()).search).toBe('?state=stopped');
});
