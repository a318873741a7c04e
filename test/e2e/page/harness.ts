// `test` with a browser: one installation and one Chromium for the tests of a file, somebody who signed in by a one-time
// link, and for each test a page of theirs. A test fails when any of its pages had an error, ran against its content
// security policy or had to be loaded again: what is shown changes by itself or not at all.

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, type TestContext } from 'vitest';
import type { Manager } from '../harness/manager.ts';
import { test as base } from '../harness/scenario.ts';
import { heading, openBrowser, openContext, signIn, signInLink, untilLive, watch } from './browser.ts';

export interface Visit {
  /** A page of the one who is signed in, at `path`. It is loaded this once. */
  open(path?: string): Promise<Page>;
  /** A page of somebody else with a browser of their own, nowhere yet and not signed in. */
  stranger(): Promise<Page>;
}

/** When what a fixture made is to be cleared away. */
interface Cleaning {
  readonly onCleanup: (clean: () => void | Promise<void>) => void;
}

/** What pages are opened with, whatever the manager’s hosts are: each a fixture of its own. */
export const fixtures = {
  // biome-ignore lint/correctness/noEmptyPattern: Vitest asks for a pattern, of which it reads the fixtures that are used
  browser: async ({}, { onCleanup }: Cleaning): Promise<Browser> => {
    const browser = await openBrowser();
    onCleanup(() => browser.close());
    return browser;
  },
  person: async ({ browser, manager }: { readonly browser: Browser; readonly manager: Manager }): Promise<BrowserContext> => {
    const context = await openContext(browser);
    const page = await context.newPage();
    await signIn(page, await signInLink(manager));
    await page.close();
    return context;
  },
  visit: async (
    {
      browser,
      person,
      manager,
      task,
    }: { readonly browser: Browser; readonly person: BrowserContext; readonly manager: Manager; readonly task: TestContext['task'] },
    { onCleanup }: Cleaning,
  ): Promise<Visit> => {
    const problems: string[] = [];
    const strangers: BrowserContext[] = [];
    onCleanup(async () => {
      if (task.result?.state === 'fail') await showPages([person, ...strangers]);
      await Promise.all([...person.pages().map((page) => page.close()), ...strangers.map((context) => context.close())]);
      expect(problems, 'what went wrong in the pages').toEqual([]);
    });
    return {
      async open(path = '/') {
        const page = await person.newPage();
        watch(page, problems);
        await page.goto(manager.url + path);
        await untilLive(page);
        page.on('load', () => problems.push(`${page.url()} was loaded again`));
        return page;
      },
      async stranger() {
        const context = await openContext(browser);
        strangers.push(context);
        const page = await context.newPage();
        watch(page, problems);
        return page;
      },
    };
  },
  page: async ({ visit }: { readonly visit: Visit }): Promise<Page> => {
    const page = await visit.open();
    await heading(page, 'Servers').waitFor();
    return page;
  },
} as const;

export const test = base
  .extend('manager', { scope: 'file' }, ({ mainstay }) => mainstay.manager)
  .extend('browser', { scope: 'file' }, fixtures.browser)
  .extend('person', { scope: 'file' }, fixtures.person)
  .extend('visit', fixtures.visit)
  .extend('page', fixtures.page);

/** What stood on the pages of a test that failed. */
async function showPages(contexts: readonly BrowserContext[]): Promise<void> {
  for (const page of contexts.flatMap((context) => context.pages())) {
    process.stderr.write(`── ${page.url()}\n${await page.locator('body').innerText()}\n`);
  }
}
