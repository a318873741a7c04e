// The event stream: whoever comes back behind the last event that it had is given all that it missed, each once and in
// order, whatever broke in between.

import { describe, expect } from 'vitest';
import type { Changes } from './harness/changes.ts';
import { test } from './harness/scenario.ts';

const idsOf = (changes: Changes): number[] => changes.seen.flatMap(({ event }) => (event ? [event.id] : []));

const ended = (operationId: string) => (change: Changes['seen'][number]) =>
  change.event?.happening.kind === 'operation-ended' && change.event.operationId === operationId;

describe('the event stream', () => {
  test('brings each event once and in order, with the server as it is now', async ({ mainstay }) => {
    const page = await mainstay.changes();
    const server = await mainstay.create();
    const stop = await mainstay.carryOut('stop', server);
    const last = await page.first('the stop’s end', ended(stop.id));

    const ids = idsOf(page);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    expect(last.server).toMatchObject({ id: server.id });
    const told = page.seen.filter(({ event }) => event?.serverId === server.id).map(({ event }) => event);
    const history = await mainstay.history(server.id);
    expect(told).toEqual(history.slice(0, told.length));
    await page.first('the state behind it', ({ event }) => event?.id === history.at(-1)?.id);
  });

  test('goes on behind Last-Event-ID with nothing lost and nothing doubled, however often it breaks', async ({ mainstay }) => {
    const whole = await mainstay.changes();
    const server = await mainstay.create();
    const pieces: number[] = [];
    let after = 0;
    let page = await mainstay.changes(after);
    for (const what of ['stop', 'start', 'restart', 'stop', 'start'] as const) {
      const operation = await mainstay.ask(what, server);
      // Broken in the middle of it, after as much as happened to come.
      await page.first('something new', ({ event }) => (event?.id ?? 0) > after);
      page.close();
      const had = idsOf(page);
      pieces.push(...had);
      after = had.at(-1) ?? after;
      await mainstay.ended(operation);
      page = await mainstay.changes(after);
    }
    const mark = await mainstay.carryOut('delete', server);
    const end = await page.first('the last event', ended(mark.id));
    await whole.first('the last event', ended(mark.id));
    pieces.push(...idsOf(page));

    const until = (ids: number[]) => ids.filter((id) => id <= (end.event?.id ?? 0));
    const first = idsOf(whole)[0] ?? 0;
    expect(until(pieces).filter((id) => id >= first)).toEqual(until(idsOf(whole)));
    expect(new Set(pieces).size).toBe(pieces.length);
  });

  test('goes on behind Last-Event-ID when the manager was killed and started again', async ({ mainstay }) => {
    const server = await mainstay.create();
    const page = await mainstay.changes(0);
    await page.first('the server running', ({ server: shown }) => shown?.id === server.id && shown.state === 'running');
    const had = idsOf(page);

    await mainstay.manager.kill();
    await page.ended.catch(() => undefined);
    await mainstay.outside.remove(server.name);
    await mainstay.manager.start();

    const again = await mainstay.changes(had.at(-1));
    await again.first('it missing', ({ event }) => event?.happening.kind === 'server-state' && event.happening.to === 'missing');
    const ids = idsOf(again);
    expect(ids[0]).toBe((had.at(-1) ?? 0) + 1);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });

  test('without Last-Event-ID brings only what comes from now on', async ({ mainstay }) => {
    const server = await mainstay.create();
    const history = await mainstay.history(server.id);
    const page = await mainstay.changes();
    const stop = await mainstay.carryOut('stop', server);
    await page.first('the stop’s end', ended(stop.id));
    expect(idsOf(page)[0]).toBeGreaterThan(history.at(-1)!.id);
  });

  test('refuses a Last-Event-ID that is none, and says so', async ({ mainstay }) => {
    const response = await fetch(`${mainstay.manager.url}/api/events`, {
      headers: { authorization: `Bearer ${mainstay.token}`, 'last-event-id': 'yesterday' },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid-request', detail: expect.stringContaining('Last-Event-ID') });
  });
});
