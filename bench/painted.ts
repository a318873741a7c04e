// The same changes until they stand painted on an open page in a real Chromium: from the engine's own word to the frame after the row
// has changed.

import type { Page } from 'playwright-core';
import { until } from '../test/e2e/harness/until.ts';
import { openBrowser, openContext, signIn, signInLink, untilLive } from '../test/e2e/page/browser.ts';
import { figuresOf } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';
import { listenBarely, openRealHost } from './harness/real.ts';

const rounds = 16;

export const painted: Measure = {
  name: 'painted',
  title: 'A change made outside, until it is painted on an open page',
  async take() {
    const host = await openRealHost(4, 16);
    const browser = await openBrowser();
    const engine = new Map<string, number>();
    const deaf = await listenBarely(({ action, containerId, at }) => engine.set(`${containerId} ${action}`, performance.timeOrigin + at));
    try {
      const page = await (await openContext(browser)).newPage();
      await signIn(page, await signInLink(host.manager));
      await untilLive(page);
      const took: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const { id, containerId } = host.running[round % host.running.length] ?? {};
        if (!id || !containerId) break;
        for (const [does, word, shown] of [
          ['kill', 'die', 'Stopped'],
          ['start', 'start', 'Running'],
        ] as const) {
          engine.clear();
          const { paint } = await watchRow(page, id, shown);
          await host.outside[does](containerId);
          const [at, heard] = await Promise.all([paint, until('the engine’s word', () => engine.get(`${containerId} ${word}`))]);
          took.push(at - (heard ?? 0));
        }
      }
      return {
        findings: [
          {
            what: 'added to a bare listener at the engine',
            unit: 'ms',
            figures: figuresOf(took),
            baseline: null,
            goals: [{ of: 'p50', atMost: 60 }],
          },
        ],
      };
    } finally {
      deaf();
      await browser.close();
      await host.close();
    }
  },
};

/** Begins to watch a row. @returns once it does: the moment to come, ms UTC, of the first frame after the row shows the word */
async function watchRow(page: Page, serverId: string, word: string): Promise<{ readonly paint: Promise<number> }> {
  const row = page.locator(`tr[data-server="${serverId}"]`);
  await row.waitFor();
  const watching = await row.evaluateHandle((element, wanted) => {
    const view = element.ownerDocument.defaultView;
    const seen = new Promise<number>((resolve) => {
      const look = () => {
        if (!element.textContent.includes(wanted)) return;
        observer.disconnect();
        // A task that a frame's callback asks for comes once that frame is painted.
        view.requestAnimationFrame(() => view.setTimeout(() => resolve(view.performance.timeOrigin + view.performance.now())));
      };
      const observer = new view.MutationObserver(look);
      observer.observe(element, { subtree: true, childList: true, characterData: true });
    });
    return { seen };
  }, word);
  return { paint: watching.evaluate(({ seen }) => seen) };
}
