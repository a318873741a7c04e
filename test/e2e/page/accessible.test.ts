// The page for everybody: axe finds nothing on any view in either theme, on a phone or in a wide window; every view has its
// title and its language; nothing moves under the eye while it loads.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import type { AxeResults } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { Installation } from '../harness/installation.ts';
import { freePort } from '../harness/ports.ts';
import { button, choose, heading, openContext, openMenu, rowOf, signIn, signInLink, untilWord } from './browser.ts';
import { test as base } from './harness.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 AA and what is good practice beside it. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe cannot know. The library's focus guards are hidden and can be tabbed to on purpose: each hands the focus on at once. A
 * menu belongs to its button, wherever in the document it is drawn.
 */
const exclude = [['[data-base-ui-focus-guard]']];

/** What axe finds, a line each. */
async function faultsOf(page: Page, within: 'page' | 'menu' = 'page'): Promise<string[]> {
  // Evaluated from outside, so that the page’s own content security policy stays as it is.
  await page.evaluate(axe);
  const options = { runOnly: rules, rules: { region: { enabled: within === 'page' } } };
  const { violations } = (await page.evaluate(
    `axe.run({ exclude: ${JSON.stringify(exclude)} }, ${JSON.stringify(options)})`,
  )) as AxeResults;
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}

interface Scene {
  readonly running: Server;
  readonly missing: Server;
}

const test = base
  .extend('scene', { scope: 'file' }, async ({ mainstay }): Promise<Scene> => {
    await told(mainstay);
    const [running, missing, deleted] = await Promise.all([
      mainstay.create({ limits: { memoryMb: 256, cpus: null } }),
      mainstay.create(),
      mainstay.create({ start: false }),
    ]);
    await Promise.all([mainstay.outside.remove(missing.name), mainstay.carryOut('delete', deleted)]);
    await mainstay.untilState(missing.id, 'missing');
    return { running, missing };
  })
  .extend('themes', { scope: 'file' }, async ({ browser, mainstay }, { onCleanup }): Promise<readonly BrowserContext[]> => {
    const contexts = await Promise.all([
      openContext(browser),
      openContext(browser, { colorScheme: 'dark' }),
      openContext(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }),
    ]);
    onCleanup(async () => void (await Promise.all(contexts.map((context) => context.close()))));
    for (const context of contexts) {
      const page = await context.newPage();
      await signIn(page, await signInLink(mainstay.manager));
      await page.close();
    }
    return contexts;
  });

/** A channel where nobody listens, with a test that was given up, and a rule. */
async function told({ call }: Installation): Promise<void> {
  const nowhere = { kind: 'slack', name: 'nobody', url: `http://127.0.0.1:${await freePort()}/x`, allowPrivate: true } as const;
  const { id } = await call(contract.createChannel, { body: nowhere });
  await call(contract.testChannel, { params: { channelId: id } });
  await call(contract.createRule, { body: { name: 'all', topics: ['missing'], channelIds: [id] } });
}

interface View {
  readonly name: string;
  readonly path: (scene: Scene) => string;
  readonly title: (scene: Scene) => string;
  readonly ready: (page: Page, scene: Scene) => Promise<unknown>;
}

const views: readonly View[] = [
  {
    name: 'the list of servers',
    path: () => '/?deleted=true',
    title: () => 'Servers',
    ready: (page, { missing }) => untilWord(page.locator(`[data-server="${missing.id}"]`), 'Missing'),
  },
  {
    name: 'the list as cards',
    path: () => '/?layout=cards&group=none',
    title: () => 'Servers',
    ready: (page, { missing }) => untilWord(page.locator(`[data-server="${missing.id}"]`), 'Missing'),
  },
  {
    name: 'a server',
    path: ({ running }) => `/servers/${running.id}`,
    title: ({ running }) => running.name,
    ready: (page) => page.getByRole('log').getByText('[ready]', { exact: false }).waitFor(),
  },
  {
    name: 'a missing server',
    path: ({ missing }) => `/servers/${missing.id}`,
    title: ({ missing }) => missing.name,
    ready: (page) => page.getByText('No container, so no log.').waitFor(),
  },
  {
    name: 'its console',
    path: ({ running }) => `/servers/${running.id}/console`,
    title: ({ running }) => running.name,
    ready: (page) => page.getByText('Following').waitFor(),
  },
  {
    name: 'people',
    path: () => '/settings/people',
    title: () => 'People',
    ready: (page) => page.getByText('olga', { exact: true }).first().waitFor(),
  },
  {
    name: 'the audit log',
    path: () => '/settings/audit',
    title: () => 'Audit log',
    ready: (page) => page.locator('td').filter({ hasText: 'created a server' }).first().waitFor(),
  },
  {
    name: 'one’s own account',
    path: () => '/account',
    title: () => 'Your account',
    ready: (page) => page.getByText('tester', { exact: true }).waitFor(),
  },
  {
    name: 'its charts',
    path: ({ running }) => `/servers/${running.id}/charts`,
    title: ({ running }) => running.name,
    ready: (page) => page.getByRole('navigation', { name: 'Span' }).waitFor(),
  },
  {
    name: 'its history',
    path: ({ running }) => `/servers/${running.id}/history`,
    title: ({ running }) => running.name,
    ready: (page) => page.getByText('Recorded').waitFor(),
  },
  {
    name: 'its settings',
    path: ({ running }) => `/servers/${running.id}/settings`,
    title: ({ running }) => running.name,
    ready: (page) => heading(page, 'Danger zone').waitFor(),
  },
  {
    name: 'what a new server can be made from',
    path: () => '/servers/new',
    title: () => 'New server',
    ready: (page) => page.getByRole('link', { name: 'Valheim' }).waitFor(),
  },
  {
    name: 'a new server from scratch',
    path: () => '/servers/new?template=scratch',
    title: () => 'New server',
    ready: (page) => heading(page, 'What will be made').waitFor(),
  },
  {
    name: 'a new server from a template, with what it asks seldom',
    path: () => '/servers/new?template=minecraft-java',
    title: () => 'New server',
    ready: (page) => page.getByText('More settings').click(),
  },
  {
    name: 'the templates',
    path: () => '/templates',
    title: () => 'Templates',
    ready: (page) => page.getByRole('link', { name: 'Valheim' }).waitFor(),
  },
  {
    name: 'a template',
    path: () => '/templates/valheim',
    title: () => 'Valheim',
    ready: (page) => heading(page, 'What it makes').waitFor(),
  },
  {
    name: 'a template that is edited wrongly',
    path: () => '/templates/valheim',
    title: () => 'Copy Valheim',
    ready: async (page) => {
      await button(page, 'Copy').click();
      await page.getByLabel('The template as YAML').fill('name: [');
      await page
        .getByText(/^Line 1: /)
        .first()
        .waitFor();
    },
  },
  {
    name: 'a template that is being imported',
    path: () => '/templates',
    title: () => 'Templates',
    ready: async (page) => {
      await button(page, 'Import…').click();
      await page.getByRole('dialog').getByLabel('Or its text').fill('{"meta": {"version": "PTDL_v2"}, "name": "Egg"}');
      await page.getByRole('dialog').getByText(/egg/i).last().waitFor();
    },
  },
  { name: 'the hosts', path: () => '/hosts', title: () => 'Hosts', ready: (page) => page.getByRole('meter').waitFor() },
  {
    name: 'the trash of a host',
    path: () => '/hosts',
    title: () => 'Hosts',
    ready: async (page) => {
      await page.getByText('Trash', { exact: true }).click();
      await page.getByText('The trash is empty.').waitFor();
    },
  },
  {
    name: 'the installation’s settings',
    path: () => '/settings',
    title: () => 'Settings',
    ready: (page) => page.getByLabel('Hours they are kept').waitFor(),
  },
  {
    name: 'the notifications, with a channel, a rule, an alarm and deliveries',
    path: () => '/notifications',
    title: () => 'Notifications',
    ready: (page) => page.getByText('1 given up').waitFor(),
  },
  {
    name: 'a channel that is being added',
    path: () => '/notifications',
    title: () => 'Notifications',
    ready: async (page) => {
      await button(page, 'Add a channel').click();
      await page.getByRole('dialog').getByLabel('Kind').selectOption('E-mail');
    },
  },
  {
    name: 'a rule that is being added',
    path: () => '/notifications',
    title: () => 'Notifications',
    ready: async (page) => {
      await button(page, 'Add a rule').click();
      await page.getByRole('dialog').getByLabel('Hold messages back at certain hours').check();
    },
  },
  {
    name: 'a purged server',
    path: () => '/servers/00000000-0000-4000-8000-000000000000',
    title: () => 'There is no such server',
    ready: (page) => heading(page, 'There is no such server').waitFor(),
  },
  {
    name: 'an address that leads nowhere',
    path: () => '/nowhere',
    title: () => 'There is no such page',
    ready: (page) => heading(page, 'There is no such page').waitFor(),
  },
];

describe('to axe', () => {
  test.for(views)('$name is without fault: light, dark, on a phone', async ({ path, title, ready }, { mainstay, scene, themes }) => {
    for (const context of themes) {
      const page = await context.newPage();
      await page.goto(mainstay.manager.url + path(scene));
      await ready(page, scene);
      expect(await faultsOf(page)).toEqual([]);
      expect(await page.title()).toBe(`${title(scene)} · Mainstay`);
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      // Wider than the window is what no phone can show.
      expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
      await page.close();
    }
  });

  test('the sign-in page, dialogs, menus, palette and help are without fault', async ({
    mainstay,
    browser,
    scene: { running, missing },
    themes,
  }) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await openContext(browser, { colorScheme });
      const stranger = await context.newPage();
      await stranger.goto(`${mainstay.manager.url}/`);
      await heading(stranger, 'Sign in').waitFor();
      expect(await faultsOf(stranger)).toEqual([]);
      await stranger.goto(`${mainstay.manager.url}/invitation#code=x`);
      await heading(stranger, 'You are invited').waitFor();
      expect(await faultsOf(stranger)).toEqual([]);
      await context.close();
    }
    for (const context of themes.slice(0, 2)) {
      const page = await context.newPage();
      await page.goto(mainstay.manager.url);
      await rowOf(page, running.name).waitFor();
      await openMenu(page, running.name);
      expect(await faultsOf(page, 'menu')).toEqual([]);
      await page.keyboard.press('Escape');
      for (const [name, action] of [
        [running.name, 'Delete…'],
        [missing.name, 'Purge…'],
      ] as const) {
        await choose(page, name, action);
        await page.getByRole(action === 'Delete…' ? 'alertdialog' : 'dialog').waitFor();
        expect(await faultsOf(page)).toEqual([]);
        await button(page, 'Cancel').click();
      }
      await page.keyboard.press('Control+k');
      await page.getByRole('listbox', { name: 'Results' }).waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('listbox', { name: 'Results' }).waitFor({ state: 'detached' });
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await page.close();
    }
  });
});

describe('while it loads', () => {
  test.for(views)('$name moves nothing under the eye', async ({ path, ready }, { mainstay, scene, themes }) => {
    const page = await themes[0]!.newPage();
    await page.addInitScript(
      'globalThis.shifts = []; new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value))).observe({ type: "layout-shift", buffered: true })',
    );
    await page.goto(mainstay.manager.url + path(scene));
    await ready(page, scene);
    // Below what eyes notice, by the measure's own definition: 0.1 is called good, this is a tenth of it.
    expect(await page.evaluate('shifts.reduce((sum, shift) => sum + shift, 0)')).toBeLessThan(0.01);
    await page.close();
  });
});

test('motion stands still for whoever asks for that', async ({ browser, mainstay }) => {
  const context = await openContext(browser, { reducedMotion: 'reduce' });
  const page = await context.newPage();
  await signIn(page, await signInLink(mainstay.manager));
  const animation = await page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--animate-turn').trim()");
  expect(animation).toBe('none');
  await context.close();
});
