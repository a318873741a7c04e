// The page with five thousand servers in a real Chromium: how much of a program it loads first, how its list scrolls, and how much is
// drawn again when one server changes.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { shipped } from '@mainstay/cli/place';
import type { Page } from 'playwright-core';
import { until } from '../test/e2e/harness/until.ts';
import { openBrowser, openContext, signIn, signInLink, untilLive } from '../test/e2e/page/browser.ts';
import { scrollTo, untilCovered, watchRows } from '../test/e2e/page/list.ts';
import { figuresOf } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';
import { openShoal } from './harness/shoal.ts';

const hosts = 25;
const each = 200;
const changes = 10;

export const page: Measure = {
  name: 'page',
  title: 'The page, 5,000 servers',
  async take() {
    const shoal = await openShoal({ hosts, servers: each });
    const browser = await openBrowser();
    try {
      const opened = await (await openContext(browser)).newPage();
      await signIn(opened, await signInLink(shoal.manager));
      await untilLive(opened);
      await untilCovered(opened);
      const frames = await scrollFrames(opened);
      await scrollTo(opened, 0);
      const drawing = await watchRows(opened);
      const shown = await opened.locator('tr[data-server]').evaluateAll((rows) => rows.map((row) => row.dataset.server as string));
      const drawn: number[] = [];
      for (const serverId of shown.slice(0, changes)) {
        const member = shoal.members.find((one) => one.serverId === serverId);
        member?.host.outside.stop(member.containerId);
        await opened.locator(`tr[data-server="${serverId}"]`).getByText('Stopped', { exact: true }).waitFor();
        drawn.push((await drawing.drawnAgain()).length - drawn.length);
      }
      return {
        findings: [
          {
            what: 'JavaScript of the first load, gzipped',
            unit: 'kB',
            figures: figuresOf([await firstLoadKb()]),
            baseline: null,
            goals: [{ of: 'most', atMost: 220 }],
          },
          {
            what: 'a frame while the list is scrolled',
            unit: 'ms',
            figures: figuresOf(frames),
            baseline: null,
            goals: [{ of: 'most', atMost: 32 }],
          },
          {
            what: 'rows drawn again when one server changes',
            unit: 'times',
            figures: figuresOf(drawn),
            baseline: null,
            goals: [{ of: 'most', atMost: 1 }],
          },
        ],
      };
    } finally {
      await browser.close();
      await shoal.close();
    }
  },
};

/** What the document names itself: the program and what it loads along with it. */
async function firstLoadKb(): Promise<number> {
  const directory = shipped.webDirectory ?? '';
  const document = await readFile(join(directory, 'index.html'), 'utf8');
  const scripts = [...document.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
  const sizes = await Promise.all(scripts.map(async (path) => gzipSync(await readFile(join(directory, path))).length));
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

/** Turns the wheel steadily. @returns how long each frame took meanwhile, ms */
async function scrollFrames(opened: Page): Promise<number[]> {
  await opened.evaluate(() => {
    const view = globalThis as unknown as { frames: number[]; requestAnimationFrame(done: (at: number) => void): void };
    view.frames = [];
    let last: number | null = null;
    const frame = (at: number) => {
      if (last !== null) view.frames.push(at - last);
      last = at;
      view.requestAnimationFrame(frame);
    };
    view.requestAnimationFrame(frame);
  });
  for (let turns = 0; turns < 120; turns += 1) await opened.mouse.wheel(0, 240);
  await until('the list at rest', () => untilCovered(opened).then(() => true));
  return opened.evaluate(() => (globalThis as unknown as { frames: number[] }).frames);
}
