// The hosts as people see to them on the page: what is wrong stands beside its field, what happens there is seen by itself,
// and what would be lost is asked for by name.

import Docker from 'dockerode';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { SAMPLE_IMAGE } from '../../../tools/sample-image.ts';
import { freshName } from '../harness/sample.ts';
import { button, heading, rowOf, untilWord } from './browser.ts';
import { test as base } from './harness.ts';

const test = base.extend('hosts', async ({ visit }): Promise<Page> => {
  const page = await visit.open('/hosts');
  await heading(page, 'Hosts').waitFor();
  return page;
});

const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

describe('a host', () => {
  test('tells of its machine: cores, memory, free disk, the clock', async ({ mainstay, hosts }) => {
    const { facts } = await mainstay.agent();
    const told = await panel(hosts, 'host').innerText();
    expect(told).toContain(`Cores\n${facts?.cpus}`);
    expect(told).toMatch(/Memory\n[\d.]+ GiB/);
    expect(told).toMatch(/Disk\n[\d.]+ [GT]B free of [\d.]+ [GT]B/);
    expect(told).toMatch(/Clock\nin step with the manager/);
    expect(await panel(hosts, 'host').getByRole('meter', { name: 'Disk in use' }).getAttribute('aria-valuetext')).toMatch(/free of/);
  });

  test('is renamed, on every open page; a name that is none is told beside the field', async ({ visit, hosts }) => {
    const list = await visit.open('/');
    await button(panel(hosts, 'host'), 'Rename…').click();
    const dialog = hosts.getByRole('dialog', { name: 'Rename host' });
    await dialog.getByLabel('Name').fill('no good name!');
    await dialog.getByText(/^Use 1 to 63 letters/).waitFor();
    expect(await button(dialog, 'Rename').getAttribute('aria-description')).toMatch(/^Use 1 to 63 letters/);
    await dialog.getByLabel('Name').fill('cellar');
    await button(dialog, 'Rename').click();
    await panel(hosts, 'cellar').waitFor();
    await list.getByText('1 host', { exact: false }).waitFor();

    await button(panel(hosts, 'cellar'), 'Rename…').click();
    await hosts.getByRole('dialog').getByLabel('Name').fill('host');
    await button(hosts.getByRole('dialog'), 'Rename').click();
    await panel(hosts, 'host').waitFor();
  });

  test('takes no new servers while it is drained, and the form says so', async ({ visit, hosts }) => {
    await button(panel(hosts, 'host'), 'Take no new servers').click();
    await panel(hosts, 'host').getByText('takes no new servers', { exact: true }).waitFor();
    const form = await visit.open('/servers/new?template=scratch');
    await form.getByLabel('Name', { exact: true }).fill(freshName());
    await button(form, 'Create server').click();
    await form.getByRole('alert').getByText('takes no new servers now', { exact: false }).waitFor();

    await button(panel(hosts, 'host'), 'Take new servers again').click();
    await panel(hosts, 'host').getByText('takes no new servers', { exact: true }).waitFor({ state: 'detached' });
  });

  test('shows a stray container by itself, and has it removed once that is confirmed', async ({ mainstay, hosts }) => {
    const name = freshName('stray');
    const stray = await new Docker().createContainer({ name, Image: SAMPLE_IMAGE, Labels: { 'mainstay.installation': mainstay.id } });
    await panel(hosts, 'host').getByText(name).waitFor();
    await button(hosts, `Remove the stray container ${name}`).click();
    const question = hosts.getByRole('alertdialog', { name: `Remove the container ${name}?` });
    await question.getByText('Data on the host is not touched', { exact: false }).waitFor();
    await button(question, 'Cancel').click();
    expect((await stray.inspect()).Name).toBe(`/${name}`);

    await button(hosts, `Remove the stray container ${name}`).click();
    await button(question, 'Remove the container').click();
    await question.waitFor({ state: 'detached' });
    await panel(hosts, 'host').getByText(name).waitFor({ state: 'detached' });
    await expect(stray.inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  test('that has servers is removed only by its typed name; what runs there runs on', async ({ mainstay, visit, hosts }) => {
    const server = await mainstay.create();
    const list = await visit.open('/');
    await untilWord(rowOf(list, server.name), 'Running');
    await button(panel(hosts, 'host'), 'Remove host…').click();
    const question = hosts.getByRole('alertdialog', { name: 'Remove host?' });
    await question.getByText(/^It still has \d+ servers?, deleted ones included\./).waitFor();
    const remove = button(question, 'Forget its servers and remove it');
    expect(await remove.getAttribute('aria-description')).toBe('Type host first.');
    await question.getByLabel('Type host to confirm').fill('host');
    await remove.click();
    await heading(hosts, 'No host yet').waitFor();
    await rowOf(list, server.name).waitFor({ state: 'detached' });
    expect(await mainstay.outside.inspect(server.name)).toMatchObject({ State: { Running: true } });
  });
});
