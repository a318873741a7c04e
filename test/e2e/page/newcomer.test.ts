// A newcomer's first minutes with the page, and the mishap that all of this is for: the container of a server is removed
// behind its back.

import { describe, expect } from 'vitest';
import { freePort } from '../harness/ports.ts';
import { build, freshName, portOf, worldOf } from '../harness/sample.ts';
import { button, heading, rowOf, signIn, signInLink, untilWord } from './browser.ts';
import { test } from './harness.ts';

describe('a newcomer', () => {
  test('is let in by the sign-in link once; the second time it says what to do', async ({ mainstay, visit }) => {
    const link = await signInLink(mainstay.manager);
    const first = await visit.stranger();
    await signIn(first, link);
    expect(first.url()).toBe(`${mainstay.manager.url}/`);

    const second = await visit.stranger();
    await second.goto(link);
    await heading(second, 'This link does not work any more').waitFor();
    await second.getByText('./mainstay sign-in-link').waitFor();
    expect(second.url()).toBe(`${mainstay.manager.url}/sign-in`);
  });

  test('without a link is led to where it says how to get one', async ({ mainstay, visit }) => {
    const page = await visit.stranger();
    await page.goto(`${mainstay.manager.url}/hosts`);
    await heading(page, 'Sign in').waitFor();
    await page.getByText('./mainstay sign-in-link').waitFor();
  });

  test('makes the sample server with one click and sees it come to run', async ({ mainstay, page }) => {
    // The engine of whoever runs this may hold a container of the sample's usual name, or on its usual port.
    const [name, hostPort] = [freshName(), await freePort()];
    await page.route('**/api/templates/sample/servers', (route) =>
      route.continue({ postData: JSON.stringify({ ...(route.request().postDataJSON() as object), name, ports: { lobby: hostPort } }) }),
    );
    await heading(page, 'No servers yet').waitFor();
    await button(page, 'Create the sample server').click();

    await heading(page, name).waitFor();
    await untilWord(page.getByRole('article'), 'Running');

    const [server] = await mainstay.servers();
    expect(server).toMatchObject({ name, state: 'running', image: 'mainstay/sample-server:1' });
    expect(await mainstay.outside.inspect(name)).toMatchObject({ Id: server!.containerId, State: { Running: true } });
    await page.getByRole('link', { name: 'Servers' }).click();
    await untilWord(rowOf(page, name), 'Running');
    await mainstay.carryOut('delete', server!);
  });
});

describe('a server whose container is removed behind its back', () => {
  test('shows as missing on an open page within one second, nobody having asked', async ({ mainstay, page, annotate }) => {
    const server = await mainstay.create();
    const row = rowOf(page, server.name);
    await untilWord(row, 'Running');

    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
    const shown = untilWord(row, 'Missing').then(() => performance.now());
    const removedAt = await mainstay.outside.remove(server.name);
    const tookMs = (await shown) - removedAt;

    await annotate(`shown ${Math.round(tookMs)} ms after the engine said that it was removed`);
    expect(tookMs).toBeLessThan(1000);
    expect(asked).toEqual([]);
    await row.getByText('container removed outside').waitFor();
    await page.getByText('lost its container').waitFor();
  });

  test('is brought back by Recover: the same ports, the same environment, the same world', async ({ mainstay, page }) => {
    const server = await mainstay.create({ env: { LOBBY_NAME: 'Harbour' } });
    const world = await build(mainstay.host, server, 'tower');
    const before = await mainstay.outside.inspect(server.name);
    await mainstay.outside.remove(server.name);
    const row = rowOf(page, server.name);
    await untilWord(row, 'Missing');

    await button(row, 'Recover').click();
    await untilWord(row, 'Running');

    const after = await mainstay.outside.inspect(server.name);
    expect(after.Id).not.toBe(before.Id);
    expect(after).toMatchObject({
      Name: before.Name,
      Config: { Env: before.Config.Env, Image: before.Config.Image },
      HostConfig: { PortBindings: before.HostConfig.PortBindings, Binds: before.HostConfig.Binds },
    });
    await row.getByText(`:${portOf(server, 'lobby')}`).waitFor();
    expect(worldOf(mainstay.host, server)).toMatchObject({ id: world.id, things: world.things });
  });

  test('tells the whole of it on its own page, in order', async ({ mainstay, page }) => {
    const server = await mainstay.create();
    await rowOf(page, server.name).getByRole('link', { name: server.name }).click();
    const article = page.getByRole('article');
    await untilWord(article, 'Running');
    await mainstay.outside.remove(server.name);
    await untilWord(article, 'Missing');
    await button(article, 'Recover').click();
    await untilWord(article, 'Running');

    await page.getByRole('link', { name: 'History', exact: true }).click();
    const history = page.getByRole('region', { name: 'History' }).getByRole('listitem');
    const moves = history.filter({ hasText: /^(Missing|Running)\b/ });
    await expect
      .poll(() => moves.allTextContents())
      .toEqual([
        expect.stringMatching(/^Running · by olga/),
        expect.stringMatching(/^Missing: its container was removed outside Mainstay · seen on the host/),
        expect.stringMatching(/^Running · by tester/),
      ]);
  });
});
