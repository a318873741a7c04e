// Manager and agent are killed (SIGKILL) on both sides of every step of every operation: the step asked for and not begun, or
// done and its answer not heard. Started again, the operation ends as it would have, and all that must hold does.

import { operationKinds } from '@mainstay/core/lifecycle';
import { effect } from '@mainstay/wire/link';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, openInstallation } from '../e2e/harness/installation.ts';
import { type LinkProxy, openLinkProxy } from '../e2e/harness/link-proxy.ts';
import { openBrowser, openContext, signIn, signInLink, window } from '../e2e/page/browser.ts';
import { type Crashing, crashings, onLink, type Place, type Point, pointsOf } from './crash-points/operations.ts';
import { groundOf, hasWorld, leaveKeepsake } from './installation-ground.ts';
import { Promised, untilAllHold } from './invariants.ts';
import { full, type Notes, scaled, scenario } from './scenario.ts';
import type { Ground } from './seen.ts';

/** An installation that points are tried on, as the checker sees it. */
interface Tried extends Place {
  readonly ground: Ground;
}

/** Points are tried side by side, each on an installation of its own: whose manager dies, dies for all. */
const places: Tried[] = [];
let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
  for (let at = 0; at < scaled({ short: 2, all: 3 }); at += 1) places.push(await openPlace(at === 0));
});
afterAll(async () => {
  await browser.close();
  for (const { mainstay, link } of places) {
    await mainstay.close();
    link.close();
  }
});

/** @param watched whether somebody has the list of servers open all the while */
async function openPlace(watched: boolean): Promise<Tried> {
  let link: LinkProxy | null = null;
  const mainstay = await openInstallation({
    async link(managerUrl) {
      link = await openLinkProxy(managerUrl);
      return link.url;
    },
  });
  if (link === null) throw new Error('The host does not dial what it should.');
  return { mainstay, link, ground: groundOf(mainstay, watched ? { page: await openList(mainstay) } : {}) };
}

async function openList({ manager }: Installation): Promise<Page> {
  // So high that every row is drawn.
  const page = await (await openContext(browser, { viewport: { ...window, height: 12_000 } })).newPage();
  await signIn(page, await signInLink(manager));
  return page;
}

interface Crash {
  readonly victim: 'manager' | 'agent';
  readonly action: NonNullable<Point>;
  /** Of the steps of this kind in the plan, which one. */
  readonly nth: number;
  readonly when: 'before' | 'after';
}

/** Every crash there can be in an operation. */
function crashesOf(crashing: Crashing): Crash[] {
  const seen = new Map<Point, number>();
  return pointsOf(crashing).flatMap((step) => {
    const action = onLink(step);
    if (action === null) return [];
    const nth = (seen.get(action) ?? 0) + 1;
    seen.set(action, nth);
    return (['manager', 'agent'] as const).flatMap((victim) =>
      (['before', 'after'] as const).map((when) => ({ victim, action, nth, when })),
    );
  });
}

interface Trial {
  readonly crashing: Crashing;
  readonly crash: Crash;
}

/** Tries all of them, side by side. */
async function tryAll(trials: readonly Trial[], notes: Notes): Promise<void> {
  const waiting = trials.values();
  await Promise.all(
    places.map(async (place) => {
      for (const { crashing, crash } of waiting) await tryOut(place, crashing, crash, notes);
    }),
  );
}

const promised = 'it ends as it would have, nothing is doubled or lost';

if (full) {
  for (const crashing of crashings) {
    const crashes = crashesOf(crashing);
    const done = `${crashing.called}: manager or agent killed at each of ${crashes.length} points`;
    scenario({ kind: 'crash-points', done, promised, limitMs: 15 * 60_000 }, (notes) =>
      tryAll(
        crashes.map((crash) => ({ crashing, crash })),
        notes,
      ),
    );
  }
} else {
  // From anywhere in each: another operation's is at another place.
  const trials = crashings.flatMap((crashing, at): Trial[] => {
    const crashes = crashesOf(crashing);
    const crash = crashes[(at * 7 + 3) % crashes.length];
    return crash ? [{ crashing, crash }] : [];
  });
  const done = `manager or agent killed at one point of each of ${trials.length} operations`;
  scenario({ kind: 'crash-points', done, promised, limitMs: 5 * 60_000 }, (notes) => tryAll(trials, notes));
}

async function tryOut(place: Tried, crashing: Crashing, crash: Crash, notes: Notes): Promise<void> {
  const { mainstay, link } = place;
  const { victim, action, nth, when } = crash;
  try {
    const { servers, ask, afterwards } = await crashing.prepare(place);
    const promised = new Promised();
    for (const server of await mainstay.servers()) {
      const kept = servers.includes(server.id) && crashing.kind !== 'purge' && hasWorld(mainstay.host, server);
      if (kept) promised.keep(server, leaveKeepsake(mainstay.host, server));
    }
    const before = link.asked.length;
    const held = link.hold(({ effect: { action: asked } }) => {
      if (asked !== action) return false;
      return link.asked.slice(before).filter(({ effect: each }) => each.action === action).length === nth;
    }, when);
    const operation = promised.acknowledge(await ask());
    await Promise.race([held.reached, never(`the ${action} was not asked for`)]);
    await (victim === 'manager' ? mainstay.manager : mainstay.host).kill();
    if (victim === 'manager') await mainstay.manager.start();
    else mainstay.host.start();
    held.release();
    await notes.settling(async () => {
      expect((await mainstay.ended(operation)).state).toBe(crashing.ends);
      await untilAllHold(place.ground, promised);
    });
    await afterwards?.(operation);
    await clear(mainstay);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${mainstay.logs()}\n`);
    throw new Error(`${crashing.called}, the ${victim} killed ${when} ${action} (${nth}): ${text}`, { cause: error });
  }
}

/** Nothing of a point is left for the next, neither containers nor ports: there are hundreds. */
async function clear(mainstay: Installation): Promise<void> {
  const servers = await mainstay.servers();
  await Promise.all(
    servers.map(async (server) => {
      if (server.state !== 'deleted') await mainstay.carryOut('delete', server);
      await mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });
    }),
  );
}

/** Longer than all that comes before a step takes. */
const reachedMs = 60_000;

function never(why: string): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(why)), reachedMs).unref());
}

describe('every step has its crash points', () => {
  const steps = crashings.flatMap((crashing) => pointsOf(crashing).map(({ action }) => action));

  test.for([...effect.options.map(({ shape }) => shape.action.value), 'stop-source', 'release-source'] as const)('%s', (action) => {
    expect(steps).toContain(action);
  });

  test.for(operationKinds)('%s is among the operations', (kind) => {
    expect(crashings.map((crashing) => crashing.kind)).toContain(kind);
  });
});
