// What happens behind Mainstay's back (`docker kill`, `start`, `stop`, `rm -f`), until a reader of the API's event stream knows: what
// that adds to the moment at which a bare listener at the engine hears. Beside it, what a listener adds that believes no event and
// inspects the container, as we do: the engine answers that only once it is done with the change. Fifty servers, twenty open streams.

import type { Server } from '@mainstay/wire/servers';
import { until } from '../test/e2e/harness/until.ts';
import { drinkChanges, readChanges } from './harness/changes.ts';
import { figuresOf } from './harness/figures.ts';
import type { Finding } from './harness/finding.ts';
import type { Measure } from './harness/measure.ts';
import { listenBarely, openRealHost, type RealHost } from './harness/real.ts';

const running = 8;
const stopped = 42;
const streams = 20;
const rounds = 2;

/** What is done, the engine's word for it, and the state that follows. */
const deeds = [
  { does: 'kill', word: 'die', state: 'stopped' },
  { does: 'start', word: 'start', state: 'running' },
  { does: 'stop', word: 'die', state: 'stopped' },
  { does: 'start', word: 'start', state: 'running' },
  { does: 'remove', word: 'destroy', state: 'missing' },
] as const;
type Deed = (typeof deeds)[number];

export const changeSeen: Measure = {
  name: 'change-seen',
  title: 'A change made outside, until the event stream tells it',
  async take({ say }) {
    const host = await openRealHost(running, stopped);
    const watching = await watchBoth(host);
    const drinking = await drinkChanges(host.url, host.token, streams - 1);
    say(`  ${running + stopped} servers, ${streams} streams`);
    const added = new Map<Deed['does'], Late[]>();
    try {
      for (let round = 0; round < rounds; round += 1) {
        // One server after the other: what happens to one again and again within a second is held back on purpose.
        for (const deed of deeds) {
          for (const { id } of host.running) {
            const late = await watching.late(await host.server(id), deed);
            added.set(deed.does, [...(added.get(deed.does) ?? []), late]);
          }
        }
        await Promise.all(host.running.map((server) => host.carryOut('start', server)));
      }
    } finally {
      watching.close();
      drinking.close();
      await host.close();
    }
    const goals = [
      { of: 'p50', atMost: 10 },
      { of: 'p99', atMost: 60 },
    ] as const;
    const finding = (what: string, late: readonly Late[], held: Finding['goals']): Finding => ({
      what,
      unit: 'ms',
      figures: figuresOf(late.map(({ told }) => told)),
      baseline: { what: 'a listener that inspects', figures: figuresOf(late.map(({ inspected }) => inspected)) },
      goals: held,
    });
    return {
      findings: [
        finding('added to a bare listener at the engine, all kinds', [...added.values()].flat(), goals),
        ...[...added].map(([does, late]) => finding(`… docker ${does === 'remove' ? 'rm -f' : does}`, late, [])),
      ],
    };
  },
};

/** How much later than the bare listener, ms. */
interface Late {
  /** The event stream's reader knew. */
  readonly told: number;
  /** A listener knew that inspects. */
  readonly inspected: number;
}

interface Watching {
  /** Does it, and waits until all know. */
  late(server: Server, deed: Deed): Promise<Late>;
  close(): void;
}

async function watchBoth({ outside, url, token }: RealHost): Promise<Watching> {
  const engine = new Map<string, number>();
  const stream = new Map<string, number>();
  const inspected = new Map<string, number>();
  const deaf = await listenBarely(({ action, containerId, at }) => {
    const key = `${containerId} ${action}`;
    engine.set(key, at);
    const known = () => inspected.set(key, performance.now());
    if (deeds.some(({ word }) => word === action)) outside.inspect(containerId).then(known, known);
  });
  const reading = await readChanges(url, token, ({ event }, at) => {
    if (event?.happening.kind === 'server-state') stream.set(`${event.serverId} ${event.happening.to}`, at);
  });
  return {
    async late({ id, containerId }, { does, word, state }) {
      for (const known of [engine, inspected, stream]) known.clear();
      const container = containerId ?? '';
      await outside[does](container);
      const moments = await until(
        'all to know',
        () => [engine.get(`${container} ${word}`), inspected.get(`${container} ${word}`), stream.get(`${id} ${state}`)],
        (seen) => !seen.includes(undefined),
      );
      const [heard = 0, looked = 0, told = 0] = moments;
      return { told: told - heard, inspected: looked - heard };
    },
    close() {
      deaf();
      reading.close();
    },
  };
}
