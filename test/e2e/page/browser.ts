// A real Chromium with a fresh profile, and what a person sees in it: pages that are signed in by a one-time link, rows,
// menus. What goes wrong inside a page (an error, a refusal of its content security policy, a load that nobody asked for)
// is written down for whoever opened it.

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { ensureChromium } from '../../../tools/chromium.ts';
import type { Installation } from '../harness/installation.ts';
import type { Manager } from '../harness/manager.ts';
import { testPassword } from '../harness/person.ts';

/** Nothing here may call home, share a profile or need a display. */
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** As long as a loaded machine may take for one thing that a person waits for. */
export const patienceMs = 20_000;

/** The window that the page is drawn for. */
export const window = { width: 1360, height: 900 } as const;

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await ensureChromium({ say: () => undefined }), args });
}

/** A one-time link, as the manager's machine prints it. */
export const signInLink = (manager: Manager): Promise<string> => manager.secret('sign-in-link');

/** Somebody with cookies of their own. */
export async function openContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: window, ...options });
  context.setDefaultTimeout(patienceMs);
  return context;
}

/** Opens a link that signs in, makes the owner’s account where there is none yet, and waits for the page of servers. */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  const [servers, welcome] = [heading(page, 'Servers'), heading(page, 'Make the owner’s account')];
  await servers.or(welcome).waitFor();
  if (await welcome.isVisible()) await makeOwner(page);
  await servers.waitFor();
}

/** Fills in who the owner is. */
export async function makeOwner(page: Page): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill('olga');
  await page.getByLabel('Password', { exact: true }).fill(testPassword);
  await button(page, 'Make the account').click();
}

/** What went wrong in a page, added to as it happens. */
export function watch(page: Page, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(`page error: ${error.stack ?? error.message}`));
  page.on('crash', () => problems.push('the page crashed'));
  page.on('console', (message) => {
    // A refused request is the manager's answer, and what the page makes of it is what tests look at.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(`console: ${message.text()}`);
  });
}

/** Waits until the page says that it hears from the manager. */
export async function untilLive(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByText(/^Live/).waitFor();
}

export function heading(page: Page, name: string): Locator {
  return page.getByRole('heading', { name, exact: true });
}

/** The row of a server in the list. */
export function rowOf(page: Page, name: string): Locator {
  return page.locator('tr[data-server]').filter({ has: page.getByRole('link', { name, exact: true }) });
}

/** Waits until the row, or the head of a server's own page, shows a state by its word. */
export async function untilWord(where: Locator, word: string): Promise<void> {
  await where.getByText(word, { exact: true }).waitFor();
}

export function button(where: Locator | Page, name: string | RegExp): Locator {
  return where.getByRole('button', { name, exact: true });
}

/** The menu behind a server's ⋯, opened. */
export async function openMenu(page: Page, name: string): Promise<Locator> {
  await button(page, `All actions on ${name}`).click();
  const menu = page.getByRole('menu', { name: `All actions on ${name}` });
  await menu.waitFor();
  return menu;
}

/** Chooses an action from a server's ⋯. */
export async function choose(page: Page, name: string, action: string): Promise<void> {
  const menu = await openMenu(page, name);
  await menu.getByRole('menuitem', { name: action, exact: true }).click();
}

export interface Item {
  readonly label: string;
  /** Why it cannot be chosen; null: it can. */
  readonly refusal: string | null;
}

/** All that a server's ⋯ offers, in order; the menu is closed again. */
export async function itemsOf(page: Page, name: string): Promise<Item[]> {
  const menu = await openMenu(page, name);
  const items = await menu.getByRole('menuitem').all();
  const read = await Promise.all(
    items.map(async (item) => {
      const disabled = (await item.getAttribute('aria-disabled')) === 'true';
      return { label: (await item.textContent()) ?? '', refusal: disabled ? await item.getAttribute('aria-description') : null };
    }),
  );
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
  return read;
}

/** Ends the host's agent as a power cut would, and brings it back whatever becomes of the work. */
export async function whileAway(mainstay: Installation, work: () => Promise<void>): Promise<void> {
  await mainstay.host.kill();
  try {
    await mainstay.untilAway();
    await work();
  } finally {
    mainstay.host.start();
    await mainstay.untilOnline();
  }
}

/** Unfolds what stands below the usual fields of a server's form, unless it is unfolded since it holds something unusual. */
export async function unfolded(page: Page): Promise<void> {
  await page.getByLabel('Name', { exact: true }).waitFor();
  if (!(await page.getByLabel('Command', { exact: true }).isVisible())) await page.getByText('Command, limits, stopping').click();
}
