// The disk on the page: sizes with the server and its host, a quota with what it does, and both over time.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import { describe } from 'vitest';
import { until } from '../harness/until.ts';
import { button, heading, unfolded } from './browser.ts';
import { test } from './harness.ts';

const mebibyte = 1024 * 1024;

describe('the disk', () => {
  test('a quota is set in the settings; passed, it is in the strip, refuses the start, and the charts show by how much', async ({
    mainstay,
    visit,
  }) => {
    const server = await mainstay.create({ start: false });
    const settings = await visit.open(`/servers/${server.id}/settings`);
    await unfolded(settings);
    await settings.getByLabel('Disk quota, MiB').fill('none');
    await button(settings, 'Save').click();
    await settings.getByText('Whole MiB.').waitFor();
    await settings.getByLabel('Disk quota, MiB').fill('2');
    await settings.getByLabel('Refuse starts while it takes more').check();
    await button(settings, 'Save').click();
    await settings.getByText('Saved', { exact: true }).waitFor();

    writeFileSync(join(mainstay.host.dataOf(server.id), 'volumes', 'world', 'map.dat'), Buffer.alloc(4 * mebibyte, 1));
    const hosts = await visit.open('/hosts');
    await button(hosts, 'Sync now').click();
    await until(
      'the quota passed',
      () => mainstay.server(server.id),
      ({ overQuota }) => overQuota,
    );
    await hosts.getByText(/servers [\d.]+ MB/).waitFor();

    const list = await visit.open('/');
    await list
      .getByRole('region', { name: /attention/ })
      .getByText(/is over its disk quota: [\d.]+ MB of/)
      .waitFor();
    const own = await visit.open(`/servers/${server.id}`);
    await heading(own, server.name).waitFor();
    await own.getByText(/world → \/data · [\d.]+ MB/).waitFor();
    await own.getByRole('meter', { name: 'Quota used' }).waitFor();
    await own.locator('[aria-description^="Its data is over its quota"]').first().waitFor();

    const charts = await visit.open(`/servers/${server.id}/charts`);
    await charts.getByRole('img', { name: /^Disk: world [\d.]+ MB/ }).waitFor();
    await button(charts, '1 y').click();
    await charts.getByRole('img', { name: /^Disk: world [\d.]+ MB/ }).waitFor();
    await hosts.getByText('Disk over time').click();
    await hosts.getByRole('img', { name: /^Disk: Servers [\d.]+ MB, Trash .*, Archives/ }).waitFor();

    await mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { quota: null } });
    await list.getByText('is over its disk quota', { exact: false }).waitFor({ state: 'detached' });
  });
});
