// Five thousand servers on twenty-five hosts: the list is drawn as far as it is seen, searched, filtered, sorted and gone
// through by keys as if there were fifty. The hosts are made up; manager, page and browser are real.

import type { Host } from '@mainstay/sim/host';
import { populate } from '@mainstay/sim/populate';
import { contract } from '@mainstay/wire/contract';
import type { CreateServerInput } from '@mainstay/wire/servers';
import type { Page } from 'playwright-core';
import { test as base, describe, expect } from 'vitest';
import { SAMPLE_IMAGE } from '../../../tools/sample-image.ts';
import { worldVolume } from '../harness/sample.ts';
import { openSimulation, type Simulation } from '../harness/simulation.ts';
import { until } from '../harness/until.ts';
import { button, heading, rowOf, untilWord } from './browser.ts';
import { fixtures } from './harness.ts';
import { drawnCount, goTo, nameFocused, namesShown, rowCount, scrollTo, turnWheel, untilCovered, watchRows } from './list.ts';

const hostCount = 25;
const each = 200;
const all = hostCount * each;
/** What fits on the screen, and as much again beyond its edges. */
const mostDrawn = 80;

const two = (n: number) => String(n).padStart(2, '0');
const hostNames = Array.from({ length: hostCount }, (_, at) => `rack-${two(at + 1)}`);
const games = ['archive', 'bastion', 'crater', 'delta'] as const;

/** The servers of a host, by their place on it, and what becomes of each. */
type Fate = 'running' | 'stopped' | 'removed' | 'crashed' | 'failed';
function fateAt(place: number): Fate {
  if (place === each - 1) return 'failed';
  if (place % 2 === 1) return 'stopped';
  if (place % 50 === 0) return 'removed';
  return place === 2 ? 'crashed' : 'running';
}
const states = {
  running: 'running',
  stopped: 'stopped',
  removed: 'missing',
  crashed: 'stopped',
  failed: 'failed',
} as const satisfies Record<Fate, string>;

interface Made {
  readonly name: string;
  readonly host: string;
  readonly fate: Fate;
}
const made: readonly Made[] = hostNames.flatMap((host) =>
  Array.from({ length: each }, (_, place) => ({
    name: `${games[place % games.length]}-${host.slice('rack-'.length)}-${String(place).padStart(3, '0')}`,
    host,
    fate: fateAt(place),
  })),
);
const ofFate = (...fates: readonly Fate[]) => made.filter(({ fate }) => fates.includes(fate));
const namesOf = (servers: readonly Made[]) => servers.map(({ name }) => name);
/** By host, and there by name: as the list has them unless it is asked otherwise. */
const byHost = (servers: readonly Made[]) => [...servers].sort((a, b) => (a.host + a.name < b.host + b.name ? -1 : 1));
const byName = (servers: readonly Made[]) => [...servers].sort((a, b) => (a.name < b.name ? -1 : 1));

function wanted({ name, fate }: Made, { agentId }: Host): CreateServerInput {
  return {
    name,
    agentId,
    image: fate === 'failed' ? 'registry.invalid/no/such-image:1' : SAMPLE_IMAGE,
    start: fate !== 'stopped',
    ports: [{ name: 'game', protocol: 'udp', containerPort: 7777 }],
    volumes: [worldVolume],
    restart: 'no',
  };
}

async function openCrowd(): Promise<Simulation> {
  const simulation = await openSimulation({ hosts: hostNames, usageEveryMs: null });
  const hosts = new Map(simulation.hosts.map((host) => [host.name, host]));
  const hostOf = ({ host }: Made) => hosts.get(host) as Host;
  await populate(
    simulation.call,
    made.map((server) => wanted(server, hostOf(server))),
  );
  for (const server of ofFate('removed')) hostOf(server).outside.remove(server.name);
  for (const server of ofFate('crashed')) hostOf(server).outside.crash(server.name, 3);
  const counts = { running: 0, stopped: 0, missing: 0, failed: 0 };
  for (const { fate } of made) counts[states[fate]] += 1;
  await until(
    'every server in its state',
    () => simulation.call(contract.listServers, { query: { limit: 1 } }),
    (seen) => Object.entries(counts).every(([state, count]) => seen.counts[state as keyof typeof counts] === count),
  );
  return simulation;
}

const test = base
  .extend(
    'simulation',
    { scope: 'file' }, // biome-ignore lint/correctness/noEmptyPattern: Vitest asks for a pattern, of which it reads the fixtures that are used
    async ({}, { onCleanup }) => {
      const simulation = await openCrowd();
      onCleanup(() => simulation.close());
      return simulation;
    },
  )
  .extend('shown', { auto: true }, ({ simulation, onTestFailed }) => {
    const mark = simulation.logMark();
    onTestFailed(() => void process.stderr.write(`${simulation.logs(mark)}\n`));
    return mark;
  })
  .extend('manager', { scope: 'file' }, ({ simulation }) => simulation.manager)
  .extend('browser', { scope: 'file' }, fixtures.browser)
  .extend('person', { scope: 'file' }, fixtures.person)
  .extend('visit', fixtures.visit)
  .extend('page', fixtures.page);

// Made before the first test begins: it is not that one's time that it takes.
test.beforeAll(({ simulation }) => void simulation);

const search = (page: Page) => page.getByRole('searchbox', { name: 'Find a server' });
/** The filter of a state, with how many servers it says that it has. */
const chip = (page: Page, word: string, count: number) => button(page, `${word}${count}`);

describe('the list', () => {
  test('shows them all, and draws no more than is seen', async ({ page }) => {
    await chip(page, 'All', all).waitFor();
    await page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: `Servers ${all}` })
      .waitFor();
    await page.getByRole('heading', { name: `${ofFate('removed', 'crashed', 'failed').length} need attention` }).waitFor();
    await untilCovered(page);
    expect(await rowCount(page)).toBe(all + hostCount);
    expect(await drawnCount(page)).toBeLessThan(mostDrawn);
    await rowOf(page, byHost(made)[0]!.name).waitFor();
  });

  test('is never blank on the way to its end, and the last server is there', async ({ page }) => {
    await chip(page, 'All', all).waitFor();
    for (let turns = 0; turns < 10; turns += 1) await turnWheel(page, 3_000);
    // There and back by leaps, as a dragged scroll bar goes.
    const places = Array.from({ length: 12 }, (_, at) => at * 21_000);
    for (const place of [...places, ...places.toReversed()]) {
      await scrollTo(page, place);
      expect(await drawnCount(page)).toBeLessThan(mostDrawn);
    }
    await goTo(page, 'End');
    await rowOf(page, byHost(made).at(-1)!.name).waitFor();
    expect(await drawnCount(page)).toBeLessThan(mostDrawn);
    await goTo(page, 'Home');
    await rowOf(page, byHost(made)[0]!.name).waitFor();
  });

  test('in one list for all hosts is in the order of names, and the other way round', async ({ page }) => {
    await page.getByRole('checkbox', { name: 'By host' }).uncheck();
    const names = namesOf(byName(made));
    await rowOf(page, names[0]!).waitFor();
    expect(await rowCount(page)).toBe(all);
    await goTo(page, 'End');
    await rowOf(page, names.at(-1)!).waitFor();

    await goTo(page, 'Home');
    await button(page, 'Server').click();
    await rowOf(page, names.at(-1)!).waitFor();
    await goTo(page, 'End');
    await rowOf(page, names[0]!).waitFor();
  });

  test('in the order of states has those that failed last', async ({ page }) => {
    await page.getByRole('checkbox', { name: 'By host' }).uncheck();
    await button(page, 'State').click();
    await untilWord(rowOf(page, namesOf(byName(ofFate('running')))[0]!), 'Running');
    await goTo(page, 'End');
    for (const { name } of ofFate('failed').slice(-5)) await untilWord(rowOf(page, name), 'Failed');
  });
});

describe('what is sought', () => {
  test('by a part of the name is exactly what has it, and the states are counted among those', async ({ page }) => {
    await search(page).fill('crater-13');
    const sought = made.filter(({ name }) => name.includes('crater-13'));
    const count = (...fates: Fate[]) => sought.filter(({ fate }) => fates.includes(fate)).length;
    await chip(page, 'All', sought.length).waitFor();
    await chip(page, 'Running', count('running')).waitFor();
    await chip(page, 'Stopped', count('stopped', 'crashed')).waitFor();
    await chip(page, 'Missing', count('removed')).waitFor();
    await chip(page, 'Failed', count('failed')).waitFor();
    expect(await namesShown(page)).toEqual(namesOf(byHost(sought)));
    expect(page.url()).toContain('q=crater-13');
  });

  test('by a state is exactly what is in it', async ({ page }) => {
    for (const [word, ...fates] of [
      ['Missing', 'removed'],
      ['Failed', 'failed'],
    ] as const) {
      await chip(page, word, ofFate(...fates).length).click();
      await until('the filter in the address', () => page.url().includes(`state=${word.toLowerCase()}`));
      expect(await namesShown(page)).toEqual(namesOf(byHost(ofFate(...fates))));
    }
  });

  test('by a host, a state and a part of the name is what has all three', async ({ page }) => {
    await page.getByRole('combobox', { name: 'Host' }).selectOption(hostNames[16]!);
    await chip(page, 'Stopped', ofFate('stopped', 'crashed').length / hostCount).click();
    await search(page).fill('delta-17-1');
    const sought = made.filter(({ name, fate }) => name.startsWith('delta-17-1') && (fate === 'stopped' || fate === 'crashed'));
    await chip(page, 'Stopped', sought.length).waitFor();
    expect(await namesShown(page)).toEqual(namesOf(byHost(sought)));
  });

  test('and is nowhere is said to be nowhere, and all are back at one press', async ({ page }) => {
    await search(page).fill('no such server');
    await heading(page, 'No server matches').waitFor();
    await button(page, 'Clear the filter').click();
    await chip(page, 'All', all).waitFor();
    await untilCovered(page);
  });

  test('in the palette is found by its name and opened', async ({ page }) => {
    const { name } = ofFate('stopped').find(({ host }) => host === 'rack-20')!;
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find a server, an action or a page' }).fill(name);
    await page.getByRole('option').first().getByText(name, { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await heading(page, name).waitFor();
  });
});

describe('all of them', () => {
  test('are chosen by one box, and the bar says what each action can be done to', async ({ page }) => {
    await page.getByRole('checkbox', { name: 'Select every server shown' }).check();
    const bar = page.getByRole('region', { name: 'Selected servers' });
    await bar.getByText(`${all} selected`).waitFor();
    const count = (...fates: Fate[]) => ofFate(...fates).length;
    await button(bar, `Stop ${count('running')} selected servers`).waitFor();
    await button(bar, `Start ${count('stopped', 'crashed', 'removed', 'failed')} selected servers`).waitFor();
    await button(bar, `Delete… ${all} selected servers`).waitFor();
    await goTo(page, 'End');
    expect(await rowOf(page, byHost(made).at(-1)!.name).getByRole('checkbox').isChecked()).toBe(true);
    await page.keyboard.press('Escape');
    await bar.waitFor({ state: 'detached' });
  });
});

describe('the keys', () => {
  const focusOn = (page: Page, name: string) =>
    until(
      `the focus on ${name}`,
      () => nameFocused(page),
      (focused) => focused === name,
    );

  test('j and k go along the list as far as one likes, and Enter opens a server', async ({ page }) => {
    const names = namesOf(byHost(made));
    await untilCovered(page);
    await page.keyboard.press('j');
    await focusOn(page, names[0]!);
    for (let pressed = 0; pressed < 70; pressed += 1) await page.keyboard.press('j');
    await focusOn(page, names[70]!);
    await page.keyboard.press('k');
    await focusOn(page, names[69]!);
    await page.keyboard.press('Enter');
    await heading(page, names[69]!).waitFor();
    await page.goBack();
    await rowOf(page, names[69]!).waitFor();
    await untilCovered(page);
  });
});

describe('what happens to one', () => {
  test('shows on an open page by itself, and no other row is drawn again', async ({ page, simulation }) => {
    const { name, host } = byHost(ofFate('running'))[0]!;
    const row = rowOf(page, name);
    await untilWord(row, 'Running');
    await untilCovered(page);
    const { id } = (await simulation.call(contract.listServers, { query: { q: name } })).items[0]!;
    const drawing = await watchRows(page);

    simulation.hosts.find((each) => each.name === host)?.outside.remove(name);

    await untilWord(row, 'Missing');
    await chip(page, 'Missing', ofFate('removed').length + 1).waitFor();
    expect(await drawing.drawnAgain()).toEqual([id]);
    await button(row, 'Recover').click();
    await untilWord(row, 'Running');
    expect(await drawing.drawnAgain()).toEqual([id]);
  });
});
