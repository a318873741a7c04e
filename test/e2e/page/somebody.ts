// People beside the owner: invited by a link, and signing in with name and password, as they do it on the page.

import type { Page } from 'playwright-core';
import { testPassword } from '../harness/person.ts';
import { button, heading } from './browser.ts';

/** What a dialog shows once: a link, or a token. */
export async function shownOnce(page: Page, title: string): Promise<string> {
  const dialog = page.getByRole('alertdialog', { name: title });
  const shown = await dialog.getByRole('button', { name: /^Copy / }).textContent();
  await button(dialog, 'Done').click();
  return shown ?? '';
}

/** As what somebody is invited; left out: a viewer of everything. */
export interface As {
  readonly role?: 'owner' | 'admin' | 'operator' | 'viewer';
  readonly where?: string;
}

/** Invites somebody, who makes their account in a browser of their own. */
export async function invited(owner: Page, stranger: Page, name: string, { role, where }: As = {}): Promise<void> {
  await button(owner, 'Invite…').click();
  await owner.getByLabel('Whom it is for').fill(name);
  if (role) await owner.getByLabel('Role', { exact: true }).selectOption(role);
  if (where) await owner.getByLabel('Where').selectOption(where);
  await button(owner, 'Make the link').click();
  await stranger.goto(await shownOnce(owner, `The invitation for ${name}`));
  await stranger.getByLabel('Name', { exact: true }).fill(name);
  await stranger.getByLabel('Password', { exact: true }).fill(testPassword);
  await button(stranger, 'Make the account').click();
  await heading(stranger, 'Servers').waitFor();
}

export async function signInAs(page: Page, name: string, password = testPassword): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await button(page, 'Sign in').click();
}
