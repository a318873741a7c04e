// A manager, put together and started; nothing here decides anything.

import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Fault } from '@mainstay/core/fault';
import type { InstallationId } from '@mainstay/core/id';
import { createSlots } from '@mainstay/core/slots';
import type { Logger } from 'pino';
import { knownKeyId, noteKeyId } from './app/rotate-key.ts';
import { loadSettings } from './app/settings.ts';
import { UsageNow } from './app/usage.ts';
import { Attempts } from './attempts.ts';
import { loadBuiltIns } from './built-ins.ts';
import { createLocalBus } from './bus/local.ts';
import { type Clock, systemClock } from './clock.ts';
import { addressOf, byTls, isNear, type ManagerConfig } from './config.ts';
import { startFeed } from './feed.ts';
import { createApp } from './http/app.ts';
import { keepTls, readTls } from './http/tls.ts';
import { openVault } from './keys.ts';
import { acceptAgents } from './link/accept.ts';
import { Fleet } from './link/fleet.ts';
import { startBulks } from './loops/bulk.ts';
import { startDriver } from './loops/driver.ts';
import { noteAllAway, startLiveness } from './loops/liveness.ts';
import { startMeasuring } from './loops/measuring.ts';
import { startNotifications } from './loops/notifications.ts';
import { startRetention } from './loops/retention.ts';
import { startUsageKeeping } from './loops/usage.ts';
import { newId } from './random.ts';
import { noteDatabase, refuseLost } from './sql/database-file.ts';
import { openSqlite } from './sql/sqlite.ts';
import type { Store } from './sql/store.ts';
import { Sso } from './sso.ts';
import type { Vault } from './vault.ts';
import type { World } from './world.ts';

export const databasePath = (config: Pick<ManagerConfig, 'directory'>) => join(config.directory, 'mainstay.db');

/** A body of the largest size takes seconds by any line that a game is played over; who sends slower holds a socket for nothing. */
const requestMs = 60_000;

/** How long the end of a retention must be seen: long enough for somebody to notice a clock that was set. */
const confirmMs = 10 * 60_000;

/** One is written while the next is made ready. */
const settledAtOnce = 2;

export interface Manager {
  /** Where the page and the API are. */
  readonly url: string;
  /** Why it cannot go on, should that come about. */
  readonly lost: Promise<Fault>;
  /** Stops cleanly: operations stay where they stand, agents are told, servers keep running. */
  stop(): Promise<void>;
}

/** What it stands on: time, and its database. */
export interface Footing {
  readonly clock: Clock;
  readonly open: typeof openSqlite;
}

const ownFooting: Footing = { clock: systemClock, open: openSqlite };

/** @throws Fault when the database cannot be used; an `EADDRINUSE` error as it comes */
export async function startManager(
  config: ManagerConfig,
  version: string,
  log: Logger,
  { clock, open }: Footing = ownFooting,
): Promise<Manager> {
  const tls = config.tls ? await readTls(config.tls) : null;
  refuseLost(config.directory, databasePath(config));
  const store = await open(databasePath(config), clock.now(), { create: true });
  // Whoever wants to go back to the version before has to know.
  if (store.copiedTo !== null)
    log.warn({ copy: store.copiedTo }, 'the database was brought to this version’s tables; it was copied before, as it was');
  const vault = await keyedVault(config, store).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const world: World = {
    store,
    bus: createLocalBus(),
    clock,
    fleet: new Fleet(),
    usage: new UsageNow(),
    settling: createSlots(settledAtOnce),
    vault,
    settings: await loadSettings(store),
    attempts: new Attempts(clock),
    sso: config.sso ? new Sso(config.sso) : null,
    builtIns: await loadBuiltIns(config.templatesDirectory, log),
    log,
    installationId: await installationOf(store),
    publicUrl: config.publicUrl ?? null,
    instanceId: newId(),
  };
  noteDatabase(config.directory, world.installationId);
  const stopping = new AbortController();
  await noteAllAway(world);
  const feed = await startFeed(world);
  const app = await createApp(world, {
    version,
    webDirectory: config.webDirectory,
    feed,
    stopping: stopping.signal,
    tls,
    trustedProxies: config.trustedProxies ?? [],
    requestWithinMs: config.requestWithinMs ?? requestMs,
    tlsOnly: config.publicUrl !== undefined && byTls(config),
  });
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await feed.stop();
    await store.close();
    throw error;
  }
  const link = acceptAgents(world, app.server);
  const loops = [
    startLiveness(world),
    startMeasuring(world),
    startUsageKeeping(world),
    startRetention(world, config.retentionConfirmMs ?? confirmMs),
    startBulks(world),
    ...(config.tls && tls ? [keepTls(world, app.server as Server, config.tls, tls)] : []),
  ];
  const driver = await startDriver(world);
  const notifications = await startNotifications(world);
  const { port } = app.server.address() as AddressInfo;
  const url = addressOf({ host: config.host, port, tls: config.tls, publicUrl: undefined });
  log.info({ url, installation: world.installationId }, 'manager up');
  if (!byTls(config) && !isNear(config)) {
    log.warn(
      'THE PAGE IS SERVED WITHOUT TLS: whoever is on the way, and whatever else answers on this host name, a game’s map for one, can take sessions over. docs/operating.md, TLS, says what to do.',
    );
  }
  return {
    url,
    lost: store.lost,
    stop: async () => {
      stopping.abort();
      // What cannot be written any more, the disk being full say, must not keep the rest from being closed.
      const ends = [
        ...(await Promise.allSettled([driver.stop(), notifications.stop()])),
        ...(await Promise.allSettled([link.close(), app.close()])),
        ...(await Promise.allSettled(loops.map((loop) => loop.stop()))),
        ...(await Promise.allSettled([feed.stop()])),
        ...(await Promise.allSettled([store.close()])),
      ];
      const [failed] = ends.filter(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
      log.info('manager stopped');
    },
  };
}

/** The vault, its key the one that the database knows from now on. */
async function keyedVault(config: ManagerConfig, store: Store): Promise<Vault> {
  const vault = openVault(config.directory, config.secretKeys, await knownKeyId(store));
  await noteKeyId(store, vault.keyId);
  return vault;
}

/** This installation's id, made with its database. */
async function installationOf(store: Store): Promise<InstallationId> {
  await store.db
    .insertInto('settings')
    .values({ key: 'installation', value: newId() })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  const row = await store.db.selectFrom('settings').select('value').where('key', '=', 'installation').executeTakeFirstOrThrow();
  return row.value as InstallationId;
}
