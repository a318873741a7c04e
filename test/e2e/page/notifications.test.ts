// Being told, as somebody sets it up on the page: a channel with its test, a rule, and then a real container goes.

import { createHmac } from 'node:crypto';
import { contract } from '@mainstay/wire/contract';
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { openReceiver, type Receiver } from '../../../packages/manager/test/receiver.ts';
import { freshName } from '../harness/sample.ts';
import { until } from '../harness/until.ts';
import { button, heading } from './browser.ts';
import { test as base } from './harness.ts';

const test = base
  .extend(
    'receiver',
    { scope: 'file' }, // biome-ignore lint/correctness/noEmptyPattern: Vitest asks for a pattern, of which it reads the fixtures that are used
    async ({}, { onCleanup }): Promise<Receiver> => {
      const receiver = await openReceiver();
      onCleanup(receiver.close);
      return receiver;
    },
  )
  .extend('notifications', async ({ visit }): Promise<Page> => {
    const page = await visit.open('/notifications');
    await heading(page, 'Notifications').waitFor();
    return page;
  });

const field = (where: Locator, label: string): Locator => where.getByLabel(label, { exact: true });
const channelRow = (page: Page, name: string): Locator => page.locator('li[data-channel]').filter({ hasText: name });
const deliveries = (page: Page): Locator => page.getByRole('region', { name: 'Deliveries' });

/** What stands beside a field that is marked as wrong. */
async function errorOf(where: Locator, label: string): Promise<string> {
  const control = field(where, label);
  await where.locator('[aria-invalid=true]').and(control).waitFor();
  const [id] = ((await control.getAttribute('aria-describedby')) ?? '').split(' ');
  return where.locator(`[id="${id}"]`).innerText();
}

async function addChannel(page: Page, name: string, url: string, allowPrivate = true): Promise<{ dialog: Locator; secret: string }> {
  await button(page, 'Add a channel').click();
  const dialog = page.getByRole('dialog', { name: 'Add a channel' });
  await field(dialog, 'Name').fill(name);
  await field(dialog, 'Address').fill(url);
  if (allowPrivate) await field(dialog, 'It may be on a private network').check();
  const secret = await field(dialog, 'Signing secret').inputValue();
  await button(dialog, 'Add').click();
  return { dialog, secret };
}

/** Whether a message was signed with the secret, as Standard Webhooks has it. */
function isSigned({ headers, body }: Receiver['received'][number], secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

const textOf = ({ json }: Receiver['received'][number]) => (json['data'] as { text: string }).text;

describe('somebody who wants to be told', () => {
  test('adds a channel, tests it, makes a rule, and hears of a lost container and of its recovery', async ({
    mainstay,
    notifications: page,
    receiver,
  }) => {
    await page.getByRole('heading', { name: 'Nobody is told yet' }).waitFor();
    const { dialog, secret } = await addChannel(page, 'ops-hook', `${receiver.url}/hook`);
    await dialog.waitFor({ state: 'detached' });

    await button(page, 'Test ops-hook').click();
    await channelRow(page, 'ops-hook').getByText('Answered 200.').waitFor();
    await receiver.until(1);
    expect(isSigned(receiver.received[0]!, secret)).toBe(true);

    const server = await mainstay.create();
    await button(page, 'Add a rule').click();
    const rule = page.getByRole('dialog', { name: 'Add a rule' });
    await field(rule, 'Name').fill('everything that is wrong');
    await button(rule, 'Add').click();
    await rule.waitFor({ state: 'detached' });
    await page.getByText('every alarm · of all servers · to ops-hook').waitFor();

    await mainstay.outside.remove(server.containerId!);
    await receiver.until(2);
    const lost = receiver.received[1]!;
    expect(isSigned(lost, secret)).toBe(true);
    expect(isSigned({ ...lost, body: lost.body.replace('missing', 'running') }, secret)).toBe(false);
    expect(textOf(lost)).toMatch(
      new RegExp(`^${server.name} lost its container (?:just now|\\d+ s ago); removed outside Mainstay on host; its world is safe`),
    );
    const alarm = page.locator('li[data-alarm=missing]');
    await alarm.getByText('lost its container').waitFor();

    const servers = await mainstay.servers();
    await mainstay.carryOut('start', servers.find(({ id }) => id === server.id)!);
    await receiver.until(3);
    expect(textOf(receiver.received[2]!)).toMatch(
      new RegExp(`^${server.name} runs again; started by tester; it was without a container for `),
    );
    await alarm.waitFor({ state: 'detached' });
    await page.getByText('No alarm stands.').waitFor();
    await deliveries(page).getByText(`${server.name} runs again`, { exact: true }).waitFor();
    expect(receiver.received).toHaveLength(3);
  });

  test('is told beside the field what is wrong with an address, and nothing is added', async ({
    mainstay,
    notifications: page,
    receiver,
  }) => {
    const { dialog } = await addChannel(page, 'nowhere', 'not an address', false);
    expect(await errorOf(dialog, 'Address')).toBe('An address that begins with https://.');
    await field(dialog, 'Address').fill(`https://localhost:${receiver.port}/hook`);
    await button(dialog, 'Add').click();
    expect(await errorOf(dialog, 'Address')).toMatch(
      /^localhost \(.*\) is this machine itself; nothing is sent there unless private addresses are allowed\.$/,
    );
    await page.keyboard.press('Escape');
    expect((await mainstay.call(contract.listChannels, {})).items.map(({ name }) => name)).not.toContain('nowhere');
  });

  test('finds what could not be delivered, and has it tried again', async ({ notifications: page, receiver }) => {
    await addChannel(page, 'grumpy', `${receiver.url}/grumpy`);
    const row = channelRow(page, 'grumpy');
    receiver.answer({ status: 410 });
    await button(page, 'Test grumpy').click();
    await row.getByText('Answered 410.').waitFor();
    await row.getByText('1 given up').waitFor();
    await field(deliveries(page), 'State').selectOption('Given up');
    const dead = page.locator('li[data-delivery=dead]');
    await dead.getByText('Answered 410.').waitFor();
    await button(dead, 'Try again: Test from Mainstay').click();
    await dead.waitFor({ state: 'detached' });
    await field(deliveries(page), 'State').selectOption('Delivered');
    await field(deliveries(page), 'Channel').selectOption('grumpy');
    await page.locator('li[data-delivery=delivered]').waitFor();
    await row.getByText('Answered 200.').waitFor();
  });

  test('changes a channel without being shown its secrets, and removes it only once no rule uses it', async ({
    mainstay,
    notifications: page,
    receiver,
  }) => {
    const name = freshName('hook');
    await addChannel(page, name, `${receiver.url}/deep-secret-path`);
    await button(page, `Edit ${name}`).click();
    const dialog = page.getByRole('dialog', { name: `Change ${name}` });
    expect(await field(dialog, 'Address').inputValue()).toBe('');
    expect(await dialog.innerText()).toContain('It is set; leave it empty to keep it');
    await field(dialog, 'Name').fill(`${name}-2`);
    await button(dialog, 'Save').click();
    await dialog.waitFor({ state: 'detached' });
    await button(page, `Test ${name}-2`).click();
    await until(
      'the test',
      async () => receiver.received.at(-1)?.path,
      (path) => path === '/deep-secret-path',
    );
    expect(await page.content()).not.toContain('deep-secret-path');
    expect(mainstay.logs()).not.toContain('deep-secret-path');

    const { items } = await mainstay.call(contract.listChannels, {});
    const { id } = items.find((channel) => channel.name === `${name}-2`)!;
    const rule = await mainstay.call(contract.createRule, { body: { name: `${name} rule`, topics: ['missing'], channelIds: [id] } });
    const sure = page.getByRole('alertdialog');
    await button(page, `Remove ${name}-2`).click();
    await button(sure, 'Remove').click();
    await sure.getByText(`It is used by “${name} rule”. Take it out there first, or remove the rule.`).waitFor();
    await mainstay.call(contract.deleteRule, { params: { ruleId: rule.id } });
    await button(sure, 'Remove').click();
    await channelRow(page, `${name}-2`).waitFor({ state: 'detached' });
  });

  test('gives a rule quiet hours and servers of its own, turns it off, and sees that as a sentence', async ({
    mainstay,
    notifications: page,
    receiver,
  }) => {
    const channel = freshName('hook');
    await addChannel(page, channel, receiver.url);
    await channelRow(page, channel).waitFor();
    const server = await mainstay.create({ start: false });
    await button(page, 'Add a rule').click();
    const dialog = page.getByRole('dialog', { name: 'Add a rule' });
    const name = freshName('night');
    await field(dialog, 'Name').fill(name);
    await field(dialog, 'A server crashed or was killed').uncheck();
    await field(dialog, 'Of which servers').selectOption('These servers');
    await button(dialog, 'Add').click();
    await dialog.getByText('Choose a server.').waitFor();
    await field(dialog, server.name).check();
    await field(dialog, channel).check();
    await field(dialog, 'Hold messages back at certain hours').check();
    await field(dialog, 'Time zone').fill('Moon/Base');
    expect(await errorOf(dialog, 'Time zone')).toMatch(/^A time zone by its name/);
    await field(dialog, 'Time zone').fill('Europe/Berlin');
    await button(dialog, 'Add').click();
    await dialog.waitFor({ state: 'detached' });

    const row = page.locator('li[data-rule]').filter({ hasText: name });
    await row.getByText(`11 things · of ${server.name} · to ${channel} · quiet 22:00–07:00`).waitFor();
    await field(row, `Rule ${name} is on`).uncheck();
    await until(
      'the rule off',
      () => mainstay.call(contract.listRules, {}),
      ({ items }) => items.some((rule) => rule.name === name && !rule.enabled),
    );
  });
});

test('the page is in the navigation and fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Notifications' }).click();
  await heading(page, 'Notifications').waitFor();
  await page.getByRole('region', { name: 'Channels' }).waitFor();
  const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  expect(overflow).toBe(0);
});
