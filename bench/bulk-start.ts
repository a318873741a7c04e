// Twenty stopped servers started by one request, beside twenty starts at once at the engine.

import { contract } from '@mainstay/wire/contract';
import { until } from '../test/e2e/harness/until.ts';
import { compared, timed } from './harness/alternate.ts';
import type { Measure } from './harness/measure.ts';
import { openRealHost, twinOf } from './harness/real.ts';

const servers = 20;
const rounds = 3;

export const bulkStart: Measure = {
  name: 'bulk-start',
  title: 'Twenty stopped servers started at once',
  async take() {
    const host = await openRealHost(0, servers);
    const { call, outside } = host;
    const serverIds = host.stopped.map(({ id }) => id);
    const twins = await Promise.all(
      host.stopped.map(async ({ id }) => {
        const { containerId } = await host.server(id);
        return outside.docker.createContainer(await twinOf(outside, containerId ?? ''));
      }),
    );
    const all = async (action: 'start' | 'stop', state: 'running' | 'stopped') => {
      await call(contract.createBulk, { body: { action, serverIds, atOncePerHost: servers } });
      const counts = async () => (await call(contract.listServers, { query: { limit: 1 } })).counts;
      await until(`all of them ${state}`, counts, (seen) => seen[state] === servers, 120_000);
    };
    try {
      const ours = async () => {
        const took = await timed(() => all('start', 'running'));
        await all('stop', 'stopped');
        return took;
      };
      const bare = async () => {
        const took = await timed(() => Promise.all(twins.map((twin) => twin.start())));
        await Promise.all(twins.map((twin) => twin.stop()));
        return took;
      };
      return {
        findings: [
          await compared(rounds, {
            what: 'until the last is confirmed running',
            ours,
            baseline: 'engine: twenty starts at once',
            bare,
            atMost: 1.2,
          }),
        ],
      };
    } finally {
      await Promise.all(twins.map((twin) => twin.remove({ force: true, v: true })));
      await host.close();
    }
  },
};
