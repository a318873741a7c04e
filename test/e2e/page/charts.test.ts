// Charts: what a server used, in pictures and the same in numbers, over the span that the address says.

import { join } from 'node:path';
import { databasePath } from '@mainstay/manager/main';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { sampleEveryMs, usageSpans } from '@mainstay/wire/usage';
import { describe, expect } from 'vitest';
import type { Installation } from '../harness/installation.ts';
import { until } from '../harness/until.ts';
import { button, heading } from './browser.ts';
import { test } from './harness.ts';

const megabyte = 1024 * 1024;

/** Writes an hour of samples and a week of averages, as agents would have told them. */
async function remember({ manager }: Installation, { id }: Server): Promise<void> {
  const now = Date.now();
  const store = await openSqlite(databasePath({ directory: join(manager.home, 'manager') }), now, { create: false });
  try {
    await store.transact(async (writer) => {
      for (const { stepMs, keepMs } of Object.values(usageSpans)) {
        const rows = Array.from({ length: Math.floor(keepMs / stepMs) - 2 }, (_, back) => ({
          server_id: id,
          step_ms: stepMs,
          at: Math.floor(now / stepMs) * stepMs - (back + 1) * stepMs,
          samples: 2,
          cores: 2 * (back === 3 ? 0.75 : 0.25),
          memory_bytes: 2 * 100 * megabyte,
          received: 2 * 1000,
          sent: 2 * 4000,
        }));
        for (let from = 0; from < rows.length; from += 100) {
          await writer
            .insertInto('usage_samples')
            .values(rows.slice(from, from + 100))
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        }
      }
    });
  } finally {
    await store.close();
  }
}

describe('a server’s charts', () => {
  test('show processor, memory and network over each span, and the same in numbers', async ({ mainstay, visit }) => {
    const server = await mainstay.create({ limits: { memoryMb: 256, cpus: null }, start: false });
    await remember(mainstay, server);
    const page = await visit.open(`/servers/${server.id}/charts`);
    for (const title of ['CPU', 'Memory', 'Network']) await page.getByRole('img', { name: new RegExp(`^${title}: latest `) }).waitFor();
    const numbers = page.getByRole('table', { name: 'What it used in the last 1 h' });
    const row = (name: string) => numbers.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
    expect(await row('CPU').getByRole('cell').allInnerTexts()).toEqual(['25 %', '25 %', '75 %']);
    expect(await row('Memory').getByRole('cell').allInnerTexts()).toEqual(['100 MiB', '100 MiB', '100 MiB']);
    expect(await row('Sent').getByRole('cell').allInnerTexts()).toEqual(['4 kB/s', '4 kB/s', '4 kB/s']);
    // What may be used stands in the picture of memory, as a line of its own.
    await page.getByRole('region', { name: 'Memory' }).getByText('Limit').waitFor();

    for (const [label, span] of [
      ['24 h', '24h'],
      ['7 d', '7d'],
    ] as const) {
      await page.getByRole('link', { name: label, exact: true }).click();
      await page.getByRole('table', { name: `What it used in the last ${label}` }).waitFor();
      expect(new URL(page.url()).searchParams.get('span')).toBe(span);
    }
    // The pictures are drawn: their canvases are not blank.
    const drawn = await page.locator('canvas').evaluateAll((canvases) =>
      (
        canvases as unknown as {
          getContext(kind: '2d'): { getImageData(...box: number[]): { data: Uint8Array } };
          width: number;
          height: number;
        }[]
      ).map((canvas) =>
        canvas
          .getContext('2d')
          .getImageData(0, 0, canvas.width, canvas.height)
          .data.some((value) => value > 0),
      ),
    );
    expect(drawn).toEqual([true, true, true]);
  });

  test('say that nothing was measured while it did not run, and begin by themselves when it does', { timeout: 120_000 }, async ({
    mainstay,
    visit,
  }) => {
    const server = await mainstay.create({ start: false });
    const page = await visit.open(`/servers/${server.id}/charts`);
    await heading(page, 'Nothing was measured in this span').waitFor();
    await page.getByText('It did not run. Samples come while it does.').waitFor();
    await button(page.getByRole('article'), 'Start').click();
    await until(
      'a sample',
      () => mainstay.call(contract.getServerUsage, { params: { serverId: server.id }, query: { span: '1h' } }),
      ({ samples }) => samples.length > 0,
      6 * sampleEveryMs,
    );
    await page.getByRole('img', { name: /^Memory: latest / }).waitFor();
  });
});
