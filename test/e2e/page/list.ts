// The list of servers as a person goes along it: what is on the screen, what a scroll brings, and which rows were drawn
// again meanwhile.

import type { Page } from 'playwright-core';
import { until } from '../harness/until.ts';

const table = (page: Page) => page.getByRole('table', { name: 'Servers' });
const rows = (page: Page) => page.locator('tr[data-server]');

/** How many rows the list has, drawn or not, heads of hosts included. */
export async function rowCount(page: Page): Promise<number> {
  return Number(await table(page).getAttribute('aria-rowcount')) - 1;
}

/** How many servers are drawn, on the screen and beyond its edges. */
export const drawnCount = (page: Page): Promise<number> => rows(page).count();

/** Scrolls to a place, in px from the top, and waits until rows cover the screen from the list's top to its end. */
export async function scrollTo(page: Page, place: number): Promise<void> {
  await table(page).evaluate((element, top) => element.ownerDocument.defaultView.scrollTo(0, top), place);
  await untilCovered(page);
}

/** Turns the wheel by so many px and waits for the same. */
export async function turnWheel(page: Page, by: number): Promise<void> {
  await page.mouse.wheel(0, by);
  await untilCovered(page);
}

/** Waits until no place of the screen that belongs to the list is blank. */
export async function untilCovered(page: Page): Promise<void> {
  await until(
    'rows all over the screen',
    () =>
      table(page).evaluate((element) => {
        const { top, bottom, left, width } = element.getBoundingClientRect();
        const end = Math.min(bottom, element.ownerDocument.defaultView.innerHeight) - 2;
        const blank: number[] = [];
        for (let y = Math.max(top, 0) + 2; y < end; y += 10) {
          // Below what may lie over the list, too.
          const there: { closest(selector: string): unknown }[] = element.ownerDocument.elementsFromPoint(left + width / 2, y);
          if (!there.some((each) => each.closest('tr'))) blank.push(Math.round(y));
        }
        return blank;
      }),
    (blank) => blank.length === 0,
  );
}

/** The names of all servers shown, in order: the list is gone through from its top to its end. */
export async function namesShown(page: Page): Promise<string[]> {
  const names = new Map<number, string>();
  const height = page.viewportSize()?.height ?? 0;
  for (let place = 0; ; place += height / 2) {
    await scrollTo(page, place);
    const drawn = await rows(page).evaluateAll((elements) =>
      elements.map((row): [number, string] => [Number(row.ariaRowIndex), row.querySelector('[data-open]').textContent]),
    );
    for (const [at, name] of drawn) names.set(at, name);
    if (await isAtEnd(page)) return [...names].sort(([a], [b]) => a - b).map(([, name]) => name);
  }
}

/** How far from the list's top and its end the screen is, in px. */
function farFrom(page: Page): Promise<{ top: number; end: number }> {
  return table(page).evaluate((element) => {
    const { scrollHeight } = element.ownerDocument.documentElement;
    const { scrollY, innerHeight } = element.ownerDocument.defaultView;
    return { top: scrollY, end: scrollHeight - scrollY - innerHeight };
  });
}

/** Whether the page cannot be scrolled further down. */
const isAtEnd = async (page: Page): Promise<boolean> => (await farFrom(page)).end < 2;

/** Goes to the list's top, or its end, as the key does. */
export async function goTo(page: Page, key: 'Home' | 'End'): Promise<void> {
  await until(`the screen after ${key}`, async () => {
    await page.keyboard.press(key);
    await untilCovered(page);
    return key === 'Home' ? (await farFrom(page)).top < 2 : isAtEnd(page);
  });
}

/** The name in the row that has the focus; null: no row has. */
export function nameFocused(page: Page): Promise<string | null> {
  return table(page).evaluate((element) => {
    const row = element.ownerDocument.activeElement?.closest('tr[data-server]');
    return row?.querySelector('[data-open]').textContent ?? null;
  });
}

export interface Drawing {
  /** The servers whose rows got another element, other attributes, or went, since it began; ages that tick on do not count. */
  drawnAgain(): Promise<string[]>;
}

/** Begins to watch the rows that are drawn now. */
export async function watchRows(page: Page): Promise<Drawing> {
  const drawn = await table(page).evaluateHandle((element) => {
    const again = new Set<string>();
    const known = new Map([...element.querySelectorAll('tr[data-server]')].map((row) => [row, row.dataset.server as string]));
    const Observer = element.ownerDocument.defaultView.MutationObserver;
    new Observer((records: { target: { closest(selector: string): unknown } }[]) => {
      for (const { target } of records) {
        const server = known.get(target.closest('tr[data-server]'));
        if (server !== undefined) again.add(server);
      }
      for (const [row, server] of known) if (!row.isConnected) again.add(server);
    }).observe(element, { subtree: true, childList: true, attributes: true });
    return again;
  });
  return { drawnAgain: () => drawn.evaluate((again) => [...again]) };
}
