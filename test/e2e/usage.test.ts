// What servers use: shown a few seconds after they run, and no longer once they do not.

import { contract } from '@mainstay/wire/contract';
import { sampleEveryMs } from '@mainstay/wire/usage';
import { expect } from 'vitest';
import { test } from './harness/scenario.ts';

/** The first sample is a difference: it takes two readings. */
const soonMs = 4 * sampleEveryMs;

test('a running server shows what it uses, by itself, on the page’s stream and in its chart', { timeout: 90_000 }, async ({ mainstay }) => {
  const page = await mainstay.changes();
  const server = await mainstay.create({ env: { LOBBY_NAME: 'measured' } });

  const change = await page.first('a sample', ({ usage }) => usage?.some((sample) => sample.serverId === server.id) ?? false, soonMs);
  const sample = change.usage?.find(({ serverId }) => serverId === server.id)?.usage;
  // The sample server is a Node program: tens of megabytes, and next to no processor time.
  expect(sample?.memoryBytes).toBeGreaterThan(5_000_000);
  expect(sample?.memoryBytes).toBeLessThan(500_000_000);
  expect(sample?.cores).toBeLessThan(2);
  expect(sample?.receivedPerSecond).not.toBeNull();
  expect((await mainstay.server(server.id)).usage).not.toBeNull();

  const series = await mainstay.call(contract.getServerUsage, { params: { serverId: server.id }, query: { span: '7d' } });
  expect(series).toMatchObject({ span: '7d', stepMs: 600_000 });
  expect(series.samples.length).toBeGreaterThan(0);

  await mainstay.carryOut('stop', server);
  expect((await mainstay.server(server.id)).usage).toBeNull();
});
