// A thousand changes a second on twenty hosts, through the link into the store and out on twenty streams.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ownDirectory } from '../test/e2e/harness/ledger.ts';
import { drinkChanges } from './harness/changes.ts';
import { keepChanging } from './harness/changing.ts';
import { figuresOf } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';
import { openShoal } from './harness/shoal.ts';

const aSecond = 1_000;
const streams = 20;
const shortMs = 30_000;
const longMs = 600_000;

export const manyChanges: Measure = {
  name: 'many-changes',
  title: 'A thousand changes a second, from twenty hosts to twenty streams',
  async take({ long, say }) {
    const shoal = await openShoal({ hosts: 20, servers: 100 });
    const drinking = await drinkChanges(shoal.manager.url, shoal.token, streams - 1);
    try {
      const { lags, made, rate } = await keepChanging(shoal, aSecond, long ? longMs : shortMs);
      say(`  ${made} changes, ${lags.length} came out`);
      return {
        findings: [
          {
            what: `changes that came out in a second, of ${aSecond} asked for, over ${(long ? longMs : shortMs) / 1000} s`,
            unit: 'a second',
            figures: figuresOf([rate]),
            baseline: { what: 'bare SQLite commits of one change each', figures: figuresOf(bareCommits()) },
            goals: [{ of: 'p50', atLeast: 0.98 * aSecond }],
          },
          {
            what: 'from the change to the stream’s reader',
            unit: 'ms',
            figures: figuresOf(lags),
            baseline: null,
            goals: [{ of: 'p99', atMost: 150 }],
          },
          {
            what: 'changes that never came out',
            unit: 'times',
            figures: figuresOf([made - lags.length]),
            baseline: null,
            goals: [{ of: 'most', atMost: 0 }],
          },
        ],
      };
    } finally {
      drinking.close();
      await shoal.close();
    }
  },
};

/** What a change takes at the very least: a row and its event, on the disk. @returns how many a second, several times */
function bareCommits(): number[] {
  const database = new DatabaseSync(join(ownDirectory('bare'), 'bare.db'));
  database.exec('pragma journal_mode = wal; pragma synchronous = full; create table servers (id integer primary key, state text)');
  database.exec('create table events (id integer primary key, happening text)');
  const [update, append] = [
    database.prepare('insert into servers values (?, ?) on conflict do update set state = excluded.state'),
    database.prepare('insert into events (happening) values (?)'),
  ];
  const rates = [0, 1, 2].map(() => {
    const began = performance.now();
    let commits = 0;
    while (performance.now() - began < 1_000) {
      database.exec('begin immediate');
      update.run(commits % aSecond, 'running');
      append.run('{"kind":"server-state"}');
      database.exec('commit');
      commits += 1;
    }
    return (commits * 1000) / (performance.now() - began);
  });
  database.close();
  return rates;
}
