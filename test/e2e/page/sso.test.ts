// Single sign-on as a person sees it: from an invitation to the provider of the house and back, and the next time by one button.

import { join } from 'node:path';
import { issue } from '@mainstay/manager/app/credentials';
import { test as base, expect } from 'vitest';
import { ownManager } from '../../../packages/manager/test/harness.ts';
import { client, ownProvider } from '../../../packages/manager/test/provider.ts';
import { freePort } from '../harness/ports.ts';
import { button, heading, openBrowser, openContext } from './browser.ts';

const webDirectory = join(import.meta.dirname, '../../../packages/web/dist');

base('somebody who is invited comes in by the house’s own sign-on, and again by one button', async ({ onTestFinished }) => {
  const provider = await ownProvider();
  onTestFinished(() => provider.close());
  const manager = await ownManager({
    port: await freePort(),
    webDirectory,
    sso: { issuer: provider.issuer, clientId: client.id, clientSecret: client.secret, name: 'House' },
  });
  onTestFinished(() => manager.end());
  provider.allow(manager.url);
  const grants = [{ role: 'viewer', scope: { kind: 'everything' } }] as const;
  const { secret: code } = await issue(manager.store, { kind: 'invitation', name: 'Ann', grants }, Date.now());
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const page = await (await openContext(browser)).newPage();

  await page.goto(`${manager.url}/invitation#code=${code}`);
  await button(page, 'Come in with House instead').click();
  await page.locator('input[name=login]').fill('ann');
  await page.locator('input[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.locator('button[type=submit]').click();
  await heading(page, 'Servers').waitFor();
  expect(page.url()).toBe(`${manager.url}/`);
  await page.getByRole('link', { name: 'ann' }).waitFor();

  await button(page, 'Sign out').click();
  await button(page, 'Sign in with House').click();
  await heading(page, 'Servers').waitFor();

  // Whoever came by it has no password, and is asked for none. Untied by themselves, they would have no way back in.
  await page.getByRole('link', { name: 'ann' }).click();
  await page.getByText('You have none yet', { exact: false }).waitFor();
  await page.getByLabel('New password', { exact: true }).fill('a password of my own');
  await button(page, 'Change password').click();
  await page.getByLabel('Present password', { exact: true }).waitFor();
  await button(page, 'Untie…').click();
  await button(page.getByRole('alertdialog', { name: 'Untie House?' }), 'Untie').click();
  await button(page, 'Tie…').click();
  await page.getByText('It is tied to your account').waitFor();
  await heading(page, 'Your account').waitFor();
});
