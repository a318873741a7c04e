// `npm run screenshots`: the pictures of the page in docs/screenshots, taken of a real installation on the real engine in
// which a few believable things have happened. The installation is of its own, and nothing of it is left.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databasePath } from '@mainstay/manager/main';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import { contract } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import { usageSpans } from '@mainstay/wire/usage';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { createHost, type Host } from '../test/e2e/harness/host.ts';
import { type Installation, openInstallation } from '../test/e2e/harness/installation.ts';
import { closeRun, openRun } from '../test/e2e/harness/ledger.ts';
import { freePort } from '../test/e2e/harness/ports.ts';
import { build, worldFile } from '../test/e2e/harness/sample.ts';
import { until } from '../test/e2e/harness/until.ts';
import { openBrowser, rowOf, signIn, signInLink, untilWord, window } from '../test/e2e/page/browser.ts';
import { ensureEngine } from './engine.ts';
import { ensureSampleImage, SAMPLE_IMAGE } from './sample-image.ts';
import { step } from './step.ts';
import { ensureWebBuilt } from './web.ts';

const directory = join(import.meta.dirname, '../docs/screenshots');
const phone = { viewport: { width: 420, height: 900 }, hasTouch: true, isMobile: true } as const satisfies BrowserContextOptions;
const megabyte = 1024 * 1024;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What is to be cleared away, last come first. */
const clearing: (() => unknown)[] = [closeRun];
async function clear(): Promise<void> {
  for (let next = clearing.pop(); next; next = clearing.pop()) await next();
}

/** A host and what is made on it. */
interface Place {
  readonly host: Host;
  readonly agentId: string;
}

/** Asks for a server; `hostPort` is left to the caller, so that it can be one that is held. */
async function ask({ call }: Installation, { agentId }: Place, name: string, hostPort: number, start = true): Promise<Operation> {
  return call(contract.createServer, {
    body: {
      name,
      agentId,
      image: SAMPLE_IMAGE,
      start,
      env: { LOBBY_NAME: name, MAX_PLAYERS: '20' },
      ports: [{ name: 'lobby', protocol: 'tcp', containerPort: 7777, hostPort }],
      volumes: [{ name: 'world', containerPath: '/data' }],
      limits: { memoryMb: 512, cpus: null },
    },
  });
}

/** A server that somebody has built in: its world is as large as `megabytes`. */
async function settle(mainstay: Installation, place: Place, name: string, megabytes: number): Promise<Server> {
  const operation = await mainstay.ended(await ask(mainstay, place, name, await freePort()));
  const server = await mainstay.server(operation.serverId);
  await build(place.host, server, 'harbour');
  writeFileSync(join(worldFile(place.host, server), '../region.bin'), Buffer.alloc(megabytes * megabyte, 1));
  return server;
}

async function addHost(mainstay: Installation, name: string): Promise<Place> {
  const { token } = await mainstay.call(contract.createJoinToken, {});
  const host = createHost({ directory: mainstay.directory, name, managerUrl: mainstay.manager.url, joinToken: token });
  clearing.push(() => host.kill());
  host.start();
  const agent = await until(`${name} online`, async () =>
    (await mainstay.call(contract.listAgents, {})).items.find((each) => each.name === name && each.online && each.engine),
  );
  return { host, agentId: agent?.id ?? '' };
}

/** Something else on the host's engine that holds a port. */
async function holdPort({ outside }: Installation): Promise<number> {
  const port = await freePort();
  const container = await outside.docker.createContainer({
    name: 'map-renderer',
    Image: SAMPLE_IMAGE,
    HostConfig: { PortBindings: { '7777/tcp': [{ HostPort: String(port) }] } },
    ExposedPorts: { '7777/tcp': {} },
  });
  clearing.push(() => outside.remove(container.id));
  await container.start();
  return port;
}

/** An evening of players, as samples: nobody waits a day for a picture. */
async function remember({ manager }: Installation, { id }: Server): Promise<void> {
  const now = Date.now();
  const store = await openSqlite(databasePath({ directory: join(manager.home, 'manager') }), now, { create: false });
  try {
    await store.transact(async (writer) => {
      for (const { stepMs, keepMs } of Object.values(usageSpans)) {
        for (let at = Math.ceil((now - keepMs) / stepMs) * stepMs; at < now - stepMs; at += stepMs) {
          const players =
            Math.max(0, Math.sin(at / 7_200_000)) * 8 + 2 * Math.abs(Math.sin(at / 613_000)) + Math.abs(Math.sin(at / 47_000));
          await writer
            .insertInto('usage_samples')
            .values({
              server_id: id,
              step_ms: stepMs,
              at,
              samples: 1,
              cores: 0.02 + players * 0.035,
              memory_bytes: (140 + players * 21) * megabyte,
              received: players * 1_900,
              sent: players * 7_400,
            })
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        }
      }
    });
  } finally {
    await store.close();
  }
}

interface Scene {
  /** The server whose own page is shown. */
  readonly survival: Server;
  /** Each server that has to be seen, with the words of its state. */
  readonly shown: readonly (readonly [name: string, word: string | RegExp])[];
}

/** What has happened: one of each state that people meet, and a host that went away with something still to do. */
async function play(mainstay: Installation): Promise<Scene> {
  const basement: Place = { host: mainstay.host, agentId: (await mainstay.agent()).id };
  const attic = await addHost(mainstay, 'attic');
  const [survival, creative, archipelago, oldMap, winter] = await Promise.all([
    settle(mainstay, basement, 'survival', 38),
    settle(mainstay, basement, 'creative', 12),
    settle(mainstay, basement, 'archipelago', 27),
    settle(mainstay, basement, 'old-map', 9),
    settle(mainstay, attic, 'winter-cup', 6),
  ]);
  const workshop = await mainstay.ended(await ask(mainstay, basement, 'workshop', await freePort(), false));
  await mainstay.ended(await ask(mainstay, basement, 'modded', await holdPort(mainstay)));
  await mainstay.carryOut('delete', oldMap);
  await mainstay.outside.remove(survival.name);
  await mainstay.untilState(survival.id, 'missing');
  await mainstay.carryOut('start', survival);
  for (const { agentId } of [basement, attic]) await mainstay.call(contract.syncAgent, { params: { agentId } });
  for (const { id } of [archipelago, winter]) await mainstay.untilServer(id, 'its data measured', ({ dataBytes }) => dataBytes !== null);

  await remember(mainstay, survival);
  await mainstay.untilServer(creative.id, 'what it uses', ({ usage }) => usage !== null);
  await attic.host.kill();
  await mainstay.untilServer(winter.id, 'its host away', ({ host }) => !host.online);
  await mainstay.untilWaiting(await mainstay.ask('stop', winter));
  await mainstay.outside.remove(archipelago.name);
  await mainstay.untilState(archipelago.id, 'missing');
  return {
    survival,
    shown: [
      [survival.name, 'Running'],
      [creative.name, 'Running'],
      [archipelago.name, 'Missing'],
      [workshop.serverName, 'Stopped'],
      ['modded', 'Failed'],
      [oldMap.name, 'Deleted'],
      [winter.name, /^Running .* ago$/],
    ],
  };
}

interface Picture extends BrowserContextOptions {
  readonly file: string;
  readonly path: string;
  readonly ready: (page: Page) => Promise<void>;
}

async function take(browser: Browser, mainstay: Installation, { file, path, ready, ...options }: Picture): Promise<void> {
  const context = await browser.newContext({ viewport: window, locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  await signIn(page, await signInLink(mainstay.manager));
  await page.goto(mainstay.manager.url + path);
  await ready(page);
  await page.screenshot({ path: join(directory, file), animations: 'disabled' });
  await context.close();
  say(`docs/screenshots/${file}`);
}

async function main(): Promise<void> {
  const { docker } = await ensureEngine({ say });
  await Promise.all([ensureSampleImage({ docker, say }), ensureWebBuilt({ say })]);
  const mainstay = await openInstallation({ hostName: 'basement' });
  clearing.push(() => mainstay.close());
  const { survival, shown } = await step(say, 'Played the scene', () => play(mainstay));
  const browser = await openBrowser();
  clearing.push(() => browser.close());
  mkdirSync(directory, { recursive: true });

  const list = {
    path: '/?deleted=true',
    ready: async (page: Page) => {
      for (const [name, word] of shown) {
        if (typeof word === 'string') await untilWord(rowOf(page, name), word);
        else await rowOf(page, name).getByText(word).waitFor();
      }
    },
  };
  const own = {
    path: `/servers/${survival.id}`,
    ready: async (page: Page) => {
      await page.getByRole('log').waitFor();
      await page.getByRole('region', { name: 'Latest' }).getByText('Missing', { exact: false }).waitFor();
    },
  };
  const console = {
    path: `/servers/${survival.id}/console`,
    ready: async (page: Page) => {
      await page.getByText('Following').waitFor();
      for (const command of ['list', 'world']) {
        await page.getByRole('textbox', { name: 'Command', exact: true }).fill(command);
        await page.keyboard.press('Enter');
        await page.getByText(`> ${command}`).waitFor();
      }
    },
  };
  const charts = { path: `/servers/${survival.id}/charts?span=24h`, ready: (page: Page) => page.getByRole('img').nth(2).waitFor() };
  const settings = {
    path: `/servers/${survival.id}/settings`,
    ready: (page: Page) => page.getByRole('heading', { name: 'Danger zone' }).waitFor(),
  };
  const history = { path: `/servers/${survival.id}/history`, ready: (page: Page) => page.getByText('Recorded').waitFor() };
  const hosts = { path: '/hosts', ready: (page: Page) => page.getByRole('meter').first().waitFor() };
  const create = { path: '/servers/new', ready: (page: Page) => page.getByText('is free: use it').waitFor() };
  await take(browser, mainstay, { file: 'servers-light.png', ...list });
  await take(browser, mainstay, { file: 'servers-dark.png', colorScheme: 'dark', ...list });
  await take(browser, mainstay, { file: 'servers-phone.png', ...phone, ...list });
  await take(browser, mainstay, { file: 'server-light.png', ...own });
  await take(browser, mainstay, { file: 'server-phone.png', ...phone, ...own });
  await take(browser, mainstay, { file: 'console-dark.png', colorScheme: 'dark', ...console });
  await take(browser, mainstay, { file: 'charts-light.png', ...charts });
  await take(browser, mainstay, { file: 'settings-light.png', ...settings });
  await take(browser, mainstay, { file: 'history-light.png', ...history });
  await take(browser, mainstay, { file: 'hosts-light.png', ...hosts });
  await take(browser, mainstay, { file: 'new-server-light.png', ...create });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void clear().finally(() => process.exit(130)));

openRun();
try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await clear();
}
