// The list of 1,000 servers, nothing else going on: a page of fifty, and all of them, each against the bare statement.

import { DatabaseSync } from 'node:sqlite';
import { alternate, timed } from './harness/alternate.ts';
import { openCrowd } from './harness/crowd.ts';
import type { Measure } from './harness/measure.ts';
import { createAsker, rateOf } from './harness/requests.ts';

const servers = 1_000;
const bare = "select * from servers where state != 'deleted' order by name limit ?";

export const listPage: Measure = {
  name: 'list-page',
  title: 'The list of 1,000 servers',
  async take() {
    const crowd = await openCrowd(servers);
    const database = new DatabaseSync(crowd.database, { readOnly: true });
    const one = createAsker(crowd.manager.url, crowd.token, 1);
    const ten = createAsker(crowd.manager.url, crowd.token, 10);
    try {
      const statement = database.prepare(bare);
      const page = () => one.get('/api/servers?limit=50');
      const all = () => timed(() => readAll(one.read));
      const pages = await alternate(600, page, () => timed(async () => statement.all(51)));
      const whole = await alternate(60, all, () => timed(async () => statement.all(servers)));
      const rates = await alternate(
        4,
        () => rateOf(() => ten.get('/api/servers?limit=50'), 10, 2_000),
        () => rateOf(async () => statement.all(51), 1, 500),
      );
      return {
        findings: [
          {
            what: 'a page of 50, one at a time',
            unit: 'ms',
            figures: pages.measured,
            baseline: { what: 'the bare SQL statement in-process', figures: pages.baseline },
            goals: [{ of: 'p50', atMost: 2 }],
          },
          {
            what: 'pages of 50 at 10 connections',
            unit: 'a second',
            figures: rates.measured,
            baseline: { what: 'the bare SQL statement in-process', figures: rates.baseline },
            goals: [{ of: 'p50', atLeast: 1_500 }],
          },
          {
            what: 'all 1,000',
            unit: 'ms',
            figures: whole.measured,
            baseline: { what: 'the bare SQL statement in-process', figures: whole.baseline },
            goals: [{ of: 'p50', atMost: 15 }],
          },
        ],
      };
    } finally {
      one.close();
      ten.close();
      database.close();
      await crowd.close();
    }
  },
};

/** As the page loads them: as many at a time as the API gives, one page after the other. */
async function readAll(read: (path: string) => Promise<string>): Promise<void> {
  let cursor: string | null = null;
  do {
    const answer = await read(`/api/servers?limit=200${cursor === null ? '' : `&cursor=${cursor}`}`);
    // Parsing it all is the reader's matter.
    cursor = /"nextCursor":"([^"]+)"/.exec(answer.slice(-600))?.[1] ?? null;
  } while (cursor !== null);
}
