// What happens behind Mainstay's back (`docker kill`, `start`, `stop`, `rm -f`), until a reader of the API's event stream knows: what
// that adds to the moment at which a bare listener at the engine knows. Fifty servers on the host, twenty open streams.

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
    const added = new Map<Deed['does'], number[]>();
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
    const finding = (what: string, samples: readonly number[], held: Finding['goals']): Finding => ({
      what,
      unit: 'ms',
      figures: figuresOf(samples),
      baseline: null,
      goals: held,
    });
    return {
      findings: [
        finding('added to a bare listener at the engine, all kinds', [...added.values()].flat(), goals),
        ...[...added].map(([does, samples]) => finding(`… docker ${does === 'remove' ? 'rm -f' : does}`, samples, [])),
      ],
    };
  },
};

interface Watching {
  /** Does it. @returns how much later the stream's reader knew than the bare listener, ms */
  late(server: Server, deed: Deed): Promise<number>;
  close(): void;
}

async function watchBoth({ outside, url, token }: RealHost): Promise<Watching> {
  const engine = new Map<string, number>();
  const stream = new Map<string, number>();
  const deaf = await listenBarely(({ action, containerId, at }) => engine.set(`${containerId} ${action}`, at));
  const reading = await readChanges(url, token, ({ event }, at) => {
    if (event?.happening.kind === 'server-state') stream.set(`${event.serverId} ${event.happening.to}`, at);
  });
  return {
    async late({ id, containerId }, { does, word, state }) {
      engine.clear();
      stream.clear();
      const container = containerId ?? '';
      await outside[does](container);
      const moment = await until(
        'both to know',
        () => ({ heard: engine.get(`${container} ${word}`), told: stream.get(`${id} ${state}`) }),
        (seen) => seen.heard !== undefined && seen.told !== undefined,
      );
      return (moment.told ?? 0) - (moment.heard ?? 0);
    },
    close() {
      deaf();
      reading.close();
    },
  };
}
