// What the page shows when something is slow, lost or denied, in which language, and what an address leads to: designed
// faces all of them, never a blank.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import { sessionCookie } from '@mainstay/wire/session';
import { describe, expect } from 'vitest';
import { until } from '../harness/until.ts';
import { button, heading, openContext, rowOf, signIn, signInLink, untilLive, untilWord } from './browser.ts';
import { test } from './harness.ts';

describe('when something does not answer', () => {
  test('a manager that is away leaves each view standing, with the age of what it shows, and the rest with a way on', async ({
    mainstay,
    visit,
  }) => {
    const server = await mainstay.create();
    const [list, own] = [await visit.open('/'), await visit.open(`/servers/${server.id}`)];
    await untilWord(rowOf(list, server.name), 'Running');
    await untilWord(own.getByRole('article'), 'Running');
    await mainstay.manager.stop();
    try {
      for (const page of [list, own]) {
        await page.getByText(/^Not hearing from the manager since \d\d:\d\d:\d\d\.$/).waitFor();
        await page.getByText(/^What you see is \d+ s old/).waitFor();
      }
      // A view that was not loaded yet has a face of its own, and the way to try again.
      await list.getByRole('link', { name: /^Hosts/ }).click();
      await heading(list, 'Hosts').waitFor();
      await own.getByRole('link', { name: 'History', exact: true }).click();
      await own.getByText('The manager did not answer.', { exact: false }).first().waitFor();
    } finally {
      await mainstay.manager.start();
    }
    await untilLive(own);
    await own.getByText('Recorded').waitFor();
    await heading(list, 'Hosts').waitFor();
  });

  test('a host that is slow is waited for in sight, and what it does not tell is called unknown', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const page = await visit.open('/servers/new?template=scratch');
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/api/agents/*/port**', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByLabel('Port 1, On the host', { exact: true }).fill('30999');
    await page.getByText('asking the host…').waitFor();
    answer();
    await page.getByText('free on host').waitFor();
    await page.unroute('**/api/agents/*/port**');

    await mainstay.host.kill();
    await mainstay.untilAway();
    await page.getByLabel('Port 1, On the host', { exact: true }).fill('30998');
    await page.getByText('not known: host could not be asked').waitFor();
    const own = await visit.open(`/servers/${server.id}`);
    await own.getByText('No log now.', { exact: false }).waitFor();
    await own.getByText(/^Running \d+ s ago$/).waitFor();
    mainstay.host.start();
    await mainstay.untilOnline();
    await untilWord(own.getByRole('article'), 'Running');
  });

  test('an action that is denied says why and what to do, and the server stays as it was', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const page = await visit.open('/');
    await untilWord(rowOf(page, server.name), 'Running');
    // Somebody else was quicker: what this page offers is no longer so when it is pressed.
    await page.route(`**/api/servers/${server.id}/stop`, async (route) => {
      await mainstay.carryOut('stop', server);
      await route.continue();
    });
    await button(rowOf(page, server.name), 'Stop').click();
    const notice = page.locator('[data-notice=refusal]');
    await notice.getByText(`Stop: ${server.name} stays as it is`).waitFor();
    await notice.getByText('It is not running.').waitFor();
    await button(notice, 'Dismiss').click();
    await notice.waitFor({ state: 'detached' });
    await untilWord(rowOf(page, server.name), 'Stopped');
  });

  test('a page whose session was ended elsewhere leads to the sign-in', async ({ mainstay, visit }) => {
    const page = await visit.stranger();
    await signIn(page, await signInLink(mainstay.manager));
    await page.evaluate(`fetch('${contract.signOut.path}', { method: 'DELETE' })`);
    // By itself when it asks for something just then, at the next press else.
    const out = () => heading(page, 'You are signed out').waitFor();
    const pressed = async () => {
      await page.getByRole('link', { name: /^Hosts/ }).click();
      await out();
    };
    await Promise.race([out(), pressed()]);
  });
});

test('an action that the browser drops on its way is asked for again, and done once', async ({ mainstay, visit }) => {
  const server = await mainstay.create();
  const page = await visit.open('/');
  await untilWord(rowOf(page, server.name), 'Running');
  let asked = 0;
  await page.route(`**/api/servers/${server.id}/stop`, async (route) => {
    asked += 1;
    if (asked > 1) return route.continue();
    // It reached the manager, and its answer was lost.
    await route.fetch();
    await route.abort('internetdisconnected');
  });
  await button(rowOf(page, server.name), 'Stop').click();
  await untilWord(rowOf(page, server.name), 'Stopped');
  await until(
    'asked for again',
    async () => asked,
    (times) => times === 2,
  );
  expect(await page.locator('[data-notice=refusal]').count()).toBe(0);
  const { items } = await mainstay.call(contract.listServerOperations, { params: { serverId: server.id } });
  expect(items.filter(({ kind }) => kind === 'stop')).toHaveLength(1);
});

describe('an address', () => {
  test('leads to the very view and filter that it says', async ({ mainstay, visit }) => {
    const [running, stopped] = await Promise.all([mainstay.create(), mainstay.create({ start: false })]);
    const page = await visit.open(`/?q=${stopped.name}&state=stopped&group=none&sort=-name`);
    await rowOf(page, stopped.name).waitFor();
    expect(await rowOf(page, running.name).count()).toBe(0);
    expect(await page.getByRole('searchbox').inputValue()).toBe(stopped.name);
    expect(await page.getByRole('checkbox', { name: 'By host' }).isChecked()).toBe(false);
    expect(await button(page, /^Stopped/).getAttribute('aria-pressed')).toBe('true');
    expect(await page.getByRole('columnheader', { name: 'Server', exact: true }).getAttribute('aria-sort')).toBe('descending');
    const host = await mainstay.agent();
    const hosts = await visit.open(`/hosts/${host.id}`);
    await heading(hosts, host.name).first().waitFor();
  });
});

describe('in Chinese', () => {
  test('every view speaks it, refusals and faults too, and says so in its document', async ({ mainstay, browser, person }) => {
    // There is an owner, so the link leads straight in.
    expect((await person.cookies()).map(({ name }) => name)).toContain(sessionCookie);
    const server = await mainstay.create();
    const context = await openContext(browser, { locale: 'zh-CN' });
    const page = await context.newPage();
    await page.goto(await signInLink(mainstay.manager));
    await heading(page, '服务器').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh');
    expect(await page.title()).toBe('服务器 · Mainstay');
    await untilWord(rowOf(page, server.name), '运行中');
    await button(page, new RegExp(server.name)).first().click();
    expect(await page.getByRole('menuitem', { name: '恢复', exact: true }).getAttribute('aria-description')).toBe(
      '它没有被删除，无需恢复。',
    );
    await page.keyboard.press('Escape');
    await page.goto(`${mainstay.manager.url}/servers/new?template=scratch`);
    await page.locator('input').first().fill(server.name);
    await page.getByRole('button', { name: '创建服务器' }).click();
    await page.getByRole('alert').getByText('名称已被占用', { exact: false }).waitFor();
    await page.getByRole('combobox', { name: '语言' }).selectOption('English');
    await heading(page, 'New server').waitFor();
    await context.close();
  });
});

describe('the first load', () => {
  test('is small, compressed, and kept for good', async ({ mainstay }) => {
    const document = await fetch(mainstay.manager.url);
    const html = await document.text();
    // What the document names, and what those import at once: the rest is loaded when it is wanted, or in a quiet moment.
    const scripts = [...html.matchAll(/(?:src|href)="(\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
    expect(scripts.length).toBeGreaterThan(0);
    const sizes = await Promise.all(
      scripts.map(async (path) => {
        const dist = join(import.meta.dirname, '../../../packages/web/dist', path);
        return statSync(existsSync(`${dist}.gz`) ? `${dist}.gz` : dist).size;
      }),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(220_000);

    const asset = await fetch(mainstay.manager.url + scripts.find((path) => path.startsWith('/assets/')), {
      headers: { 'accept-encoding': 'br' },
    });
    expect(asset.headers.get('content-encoding')).toBe('br');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const policy = (document.headers.get('content-security-policy') ?? '').split(';').map((part) => part.trim());
    const sources = policy.find((part) => part.startsWith('script-src'));
    expect(sources).toMatch(/^script-src 'self' 'sha256-[\w+/=]+'$/);
  });

  test('is done again when the browser drops it, as it does whenever a container’s network comes or goes', async ({ mainstay, visit }) => {
    const page = await visit.stranger();
    const link = await signInLink(mainstay.manager);
    let dropped = 0;
    await page.route('**/assets/*.js', (route) => {
      dropped += 1;
      return dropped > 2 ? route.continue() : route.abort('internetdisconnected');
    });
    await signIn(page, link);
    expect(dropped).toBeGreaterThan(2);
    expect(await page.evaluate("sessionStorage.getItem('mainstay.loads')")).toBe(null);

    await page.unroute('**/assets/*.js');
    await page.route('**/assets/*.js', (route) => route.abort());
    await page.reload();
    await page.getByText('Mainstay’s page could not be loaded: the manager does not answer.', { exact: false }).waitFor();
  });

  test('brings neither terminal nor charts along: those come when they are opened', async ({ mainstay, visit }) => {
    const server = await mainstay.create();
    const page = await visit.stranger();
    const scripts: string[] = [];
    page.on('response', (response) => scripts.push(new URL(response.url()).pathname));
    await signIn(page, await signInLink(mainstay.manager));
    // A page that is loaded in a quiet moment is there by now.
    await until(
      'the other pages loaded',
      async () => scripts,
      (seen) => seen.some((path) => path.includes('/server-settings-')),
    );
    const opened = (name: string) => scripts.some((path) => path.includes(`/server-${name}-`));
    expect(opened('console')).toBe(false);
    expect(opened('charts')).toBe(false);
    await rowOf(page, server.name).getByRole('link', { name: server.name }).click();
    await page.getByRole('link', { name: 'Console', exact: true }).first().click();
    await page.getByText('Following').waitFor();
    expect(opened('console')).toBe(true);
  });

  test('is enough to go anywhere while the manager is away; what is not there yet is said, and tried again', async ({
    mainstay,
    visit,
  }) => {
    const server = await mainstay.create();
    const page = await visit.open(`/servers/${server.id}`);
    await untilWord(page.getByRole('article'), 'Running');
    await page.waitForFunction("performance.getEntriesByType('resource').some(({ name }) => name.includes('/server-settings-'))");
    await page.route('**/assets/server-charts-*.js', (route) => route.abort());
    await page.getByRole('link', { name: 'Charts', exact: true }).click();
    await heading(page, 'This view could not be loaded').waitFor();
    expect(await page.getByRole('heading', { name: server.name }).count()).toBe(1);
    await page.unroute('**/assets/server-charts-*.js');
    await button(page, 'Try again').click();
    await page.getByRole('navigation', { name: 'Span' }).waitFor();
  });
});

test('a tab that nobody looks at lets go of its stream, and knows what happened when somebody does again', async ({ mainstay, visit }) => {
  const server = await mainstay.create();
  const page = await visit.stranger();
  await page.clock.install();
  await signIn(page, await signInLink(mainstay.manager));
  await untilWord(rowOf(page, server.name), 'Running');
  const look = (state: 'hidden' | 'visible') =>
    page.evaluate(
      `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
    );
  await look('hidden');
  await page.clock.fastForward(31_000);
  await page.getByText('Connecting…').first().waitFor();
  await mainstay.carryOut('stop', server);
  await untilWord(rowOf(page, server.name), 'Running');
  await look('visible');
  await untilLive(page);
  await untilWord(rowOf(page, server.name), 'Stopped');

  // So does a page that was left, which the browser keeps for going back to.
  const pass = (event: 'pagehide' | 'pageshow') => page.evaluate(`dispatchEvent(new PageTransitionEvent('${event}', { persisted: true }))`);
  await pass('pagehide');
  await page.getByText('Connecting…').first().waitFor();
  await mainstay.carryOut('start', server);
  await pass('pageshow');
  await untilLive(page);
  await untilWord(rowOf(page, server.name), 'Running');
});
