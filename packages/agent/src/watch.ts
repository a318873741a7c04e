// Watching: the engine's events say which servers to look at again, and every few seconds all are looked at whatever
// the events said. An event is a hint, the look is the truth; a lost event costs time and nothing else.

import { isInstaller, labels, serverOf } from '@mainstay/core/bodies';
import type { InstallationId, ServerId } from '@mainstay/core/id';
import type { Observation } from '@mainstay/wire/link';
import type { Logger } from 'pino';
import { createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Endings } from './endings.ts';
import type { Engine, EngineEvent } from './engine.ts';
import type { Looker } from './look.ts';
import { Pace } from './pace.ts';
import type { Readiness } from './readiness.ts';
import type { Told } from './told.ts';

/** A change that every event of was lost is seen after this long; each look is one list call. */
const fullLookMs = 5_000;
/** Data is looked at this often beside: it has no events, and a look reads files of every server. */
const dataLookMs = 60_000;

/** What may change a sighting. Others (exec, top, attach, health checks) are many and change none. `died` and `remove` are Podman's words. */
const telling: ReadonlySet<string> = new Set('create start die died destroy remove oom kill stop rename pause unpause'.split(' '));

export interface WatchWorld {
  readonly installationId: InstallationId;
  readonly engine: Engine;
  readonly looker: Looker;
  readonly endings: Endings;
  readonly readiness: Readiness;
  readonly told: Told;
  readonly clock: Clock;
  readonly log: Logger;
  /** Sends an observation. @returns whether the manager has it */
  readonly send: (observation: Observation) => Promise<boolean>;
}

/** What is to be looked at next. */
interface Wanted {
  full: boolean;
  data: boolean;
  readonly servers: Set<ServerId>;
}

/** Watches until `signal` aborts. */
export async function watch(world: WatchWorld, signal: AbortSignal): Promise<void> {
  const { looker, endings, readiness, told, clock, log, send } = world;
  const pace = new Pace();
  let wanted: Wanted = { full: true, data: true, servers: new Set() };
  let wake: () => void = () => undefined;

  const want = (change: (wanted: Wanted) => void) => {
    change(wanted);
    wake();
  };
  const wantServer = (serverId: ServerId) => {
    const wait = pace.ask(serverId, clock.running());
    if (wait === null) return;
    void clock.pause(wait, signal).then(() => {
      pace.came(serverId);
      want(({ servers }) => servers.add(serverId));
    });
  };
  const take = (event: EngineEvent) => {
    if (!telling.has(event.action) || isInstaller(event)) return;
    endings.take(event);
    const serverId = serverOf(event);
    if (serverId === null) want((next) => (next.full = true));
    else wantServer(serverId);
  };

  readiness.onReady = (serverId) => want((next) => next.servers.add(serverId));

  // One look at a time: what is wanted meanwhile is gathered for the next.
  const looking = async () => {
    signal.addEventListener('abort', () => wake());
    while (!signal.aborted) {
      const { full, data, servers } = wanted;
      if (!full && servers.size === 0) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      wanted = nothing();
      try {
        const observation = await looker.look(full ? 'all' : [...servers], { data: data || !full, exact: servers });
        const news = told.news(observation);
        if (news && (await send(news))) told.tell(news);
      } catch (error) {
        // A bug of ours: loud, and no reason to stop watching. The next full look makes up for it.
        log.error({ error }, 'a look failed');
      }
    }
  };

  const ticking = async () => {
    let dataAt = clock.running();
    while (!signal.aborted) {
      await clock.pause(fullLookMs, signal);
      const data = clock.running() - dataAt >= dataLookMs;
      if (data) dataAt = clock.running();
      want((next) => {
        next.full = true;
        next.data ||= data;
      });
    }
  };

  const listening = async () => {
    const backoff = createBackoff(Math.random);
    let after: string | null = null;
    const opened = () => {
      endings.listening = true;
      // What was asked before may have been answered by the engine that was there before.
      looker.engineId.forget();
      backoff.reset();
      want((next) => (next.full = true));
    };
    const each = (event: EngineEvent) => {
      after = event.cursor;
      take(event);
    };
    while (!signal.aborted) {
      const filter = { [labels.installation]: world.installationId };
      await world.engine.events(filter, after, opened, each, signal).catch((error: unknown) => log.debug({ error }, 'event stream'));
      endings.listening = false;
      looker.engineId.forget();
      if (signal.aborted) return;
      log.warn('the engine’s event stream ended; opening it again');
      await clock.pause(backoff.next(), signal);
    }
  };

  await Promise.all([looking(), ticking(), listening()]);
}

const nothing = (): Wanted => ({ full: false, data: false, servers: new Set() });
