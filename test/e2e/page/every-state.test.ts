// What is offered in each of the seven states, read off the page and compared with the lifecycle's own table: every
// server here was really brought into its state.

import { type Action, actions, permission, type State, states } from '@mainstay/core/lifecycle';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { Installation } from '../harness/installation.ts';
import { sampleServer } from '../harness/sample.ts';
import { button, itemsOf, openMenu, rowOf, untilWord } from './browser.ts';
import { test as base } from './harness.ts';

const imageThatNobodyHas = 'localhost:1/mainstay-test/none:1';

const words = {
  creating: 'Creating',
  running: 'Running',
  stopped: 'Stopped',
  missing: 'Missing',
  failed: 'Failed',
  deleted: 'Deleted',
  deleting: 'Deleting',
} as const satisfies Record<State, string>;

/** The actions' labels; start is called by what it does in the state. */
const labels = {
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  rebuild: 'Rebuild',
  configure: 'Settings…',
  clone: 'Clone…',
  delete: 'Delete…',
  restore: 'Restore',
  purge: 'Purge…',
} as const satisfies Record<Action, string>;
const startLabels: Partial<Record<State, string>> = { missing: 'Recover', failed: 'Try again' };

/** Which actions take the host, and so wait for one that is away. */
const takesHost = {
  start: true,
  stop: true,
  restart: true,
  rebuild: true,
  configure: false,
  clone: false,
  delete: true,
  restore: false,
  purge: true,
} as const satisfies Record<Action, boolean>;

/** The one button beside ⋯: an action that is open in the state, or Cancel while its operation can be cancelled. */
const primary = {
  creating: null,
  running: 'stop',
  stopped: 'start',
  missing: 'start',
  failed: 'start',
  deleted: 'restore',
  deleting: null,
} as const satisfies Record<State, Action | null>;

const labelOf = (state: State, action: Action, hostAway: boolean): string => {
  const label = action === 'start' ? (startLabels[state] ?? labels.start) : labels[action];
  return hostAway && takesHost[action] ? `${label} when heard` : label;
};

/** Why the table refuses an action in a state; null: it does not. */
const refusalOf = (state: State, action: Action): string | null => {
  const allowed = permission(state, action);
  return allowed === 'yes' ? null : allowed.no;
};

const tableOf = (state: State, hostAway: boolean) =>
  actions.map((action) => ({ label: labelOf(state, action, hostAway), refusal: refusalOf(state, action) }));

/** The states in which a server rests while its host is heard; the two others are those of operations that wait for it. */
const resting = ['running', 'stopped', 'missing', 'failed', 'deleted'] as const satisfies readonly State[];

type Scene = Record<State, Server>;

async function createFailed({ call, ended, server }: Installation): Promise<Server> {
  const operation = await call(contract.createServer, { body: await sampleServer({ image: imageThatNobodyHas }) });
  expect(await ended(operation)).toMatchObject({ state: 'failed', error: { code: 'image-unavailable' } });
  return server(operation.serverId);
}

const test = base
  .extend('heard', { scope: 'file' }, async ({ mainstay }): Promise<Pick<Scene, (typeof resting)[number]>> => {
    const [running, stopped, missing, failed, deleted] = await Promise.all([
      mainstay.create(),
      mainstay.create({ start: false }),
      mainstay.create(),
      createFailed(mainstay),
      mainstay.create({ start: false }),
    ]);
    await Promise.all([mainstay.outside.remove(missing.name), mainstay.carryOut('delete', deleted)]);
    await mainstay.untilState(missing.id, 'missing');
    return { running, stopped, missing, failed, deleted };
  })
  .extend('unheard', { scope: 'file' }, async ({ heard, mainstay }): Promise<Scene> => {
    const deleting = await mainstay.create({ start: false });
    await mainstay.carryOut('delete', deleting);
    await mainstay.host.stop();
    await mainstay.untilAway();
    const [purge, create] = await Promise.all([
      mainstay.ask('purge', deleting, { removeData: true, confirmName: deleting.name }),
      mainstay.call(contract.createServer, { body: await sampleServer() }),
    ]);
    await Promise.all([mainstay.untilWaiting(purge), mainstay.untilWaiting(create)]);
    return { ...heard, deleting, creating: await mainstay.server(create.serverId) };
  });

const showDeleted = (page: Page) => page.getByRole('checkbox', { name: 'Show deleted' }).check();

/** The buttons of a row, in order, ⋯ left out. */
const rowButtons = async (page: Page, { name }: Server): Promise<string[]> => {
  const names = await rowOf(page, name).getByRole('cell').last().getByRole('button').allTextContents();
  return names.filter((each) => each !== '');
};

describe('with its host heard', () => {
  test.for(resting)('a %s server offers exactly what the table allows, and says why not of the rest', async (state, { page, heard }) => {
    await showDeleted(page);
    await untilWord(rowOf(page, heard[state].name), words[state]);
    expect(await itemsOf(page, heard[state].name)).toEqual(tableOf(state, false));
    expect(await rowButtons(page, heard[state])).toEqual([labelOf(state, primary[state], false)]);
    expect(refusalOf(state, primary[state])).toBe(null);
  });

  test('the same is offered on a server’s own page', async ({ page, heard: { missing } }) => {
    await rowOf(page, missing.name).getByRole('link', { name: missing.name }).click();
    await untilWord(page.getByRole('article'), 'Missing');
    expect(await itemsOf(page, missing.name)).toEqual(tableOf('missing', false));
  });

  test('the reason is shown to who points at what is refused, and to who comes there by keyboard', async ({ page, heard: { running } }) => {
    const menu = await openMenu(page, running.name);
    await menu.getByRole('menuitem', { name: 'Restore' }).hover();
    await page
      .getByRole('tooltip')
      .getByText(refusalOf('running', 'restore') ?? '')
      .waitFor();
    await page.keyboard.press('End');
    await page
      .getByRole('tooltip')
      .getByText(refusalOf('running', 'purge') ?? '')
      .waitFor();
  });
});

describe('with its host away', () => {
  test.for(states)('a %s server offers the same by the table, and says what waits for the host', async (state, { page, unheard }) => {
    await showDeleted(page);
    const server = unheard[state];
    const row = rowOf(page, server.name);
    await row.getByText(new RegExp(`^${words[state]}( .* ago)?$`)).waitFor();
    expect(await itemsOf(page, server.name)).toEqual(tableOf(state, true));
    const action = primary[state];
    expect(await rowButtons(page, server)).toEqual([action === null ? 'Cancel' : labelOf(state, action, true)]);
    if (action === null) await row.getByText('waiting: the host to be heard again').waitFor();
  });

  test('a creation and a purge that wait are cancelled from their rows', async ({ page, unheard: { creating, deleting }, mainstay }) => {
    await button(rowOf(page, creating.name), 'Cancel').click();
    await untilWord(rowOf(page, creating.name), 'Failed');
    await button(rowOf(page, deleting.name), 'Cancel').click();
    await showDeleted(page);
    await untilWord(rowOf(page, deleting.name), 'Deleted');
    expect(await mainstay.server(deleting.id)).toMatchObject({ state: 'deleted', operation: null });
  });
});
