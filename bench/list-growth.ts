// How the lists cost with ten servers and with fifty thousand: a page, filtered, of a host, searched for, and one server.

import { DatabaseSync } from 'node:sqlite';
import { openCrowd } from './harness/crowd.ts';
import { figuresOf, type Point } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';
import { createAsker } from './harness/requests.ts';

const sizes = [10, 100, 1_000, 10_000, 50_000];
const samples = 60;

const questions = {
  'a page of 50': () => '/api/servers?limit=50',
  'a page of 50 that are stopped': () => '/api/servers?limit=50&state=stopped',
  'a page of 50 of one host': ({ agentId }) => `/api/servers?limit=50&agentId=${agentId}`,
  'a search by part of a name': () => '/api/servers?limit=50&q=000007',
  'one server': ({ id }) => `/api/servers/${id}`,
} as const satisfies Record<string, (one: { readonly id: string; readonly agentId: string }) => string>;

export const listGrowth: Measure = {
  name: 'list-growth',
  title: 'Lists, as the record grows',
  async take({ say }) {
    const points = new Map<string, Point[]>(Object.keys(questions).map((what) => [what, []]));
    for (const size of sizes) {
      const crowd = await openCrowd(size);
      const asker = createAsker(crowd.manager.url, crowd.token, 1);
      const database = new DatabaseSync(crowd.database, { readOnly: true });
      try {
        const row = database.prepare('select id, agent_id from servers limit 1 offset ?').get(Math.floor(size / 2));
        const one = { id: String(row?.['id']), agentId: String(row?.['agent_id']) };
        for (const [what, path] of Object.entries(questions)) {
          const took: number[] = [];
          for (let sample = 0; sample <= samples; sample += 1) took.push(await asker.get(path(one)));
          points.get(what)?.push({ size, cost: figuresOf(took.slice(1)).p50 });
        }
        say(`  ${size} servers`);
      } finally {
        database.close();
        asker.close();
        await crowd.close();
      }
    }
    return {
      findings: [],
      growths: [...points].map(([what, each]) => ({ what, of: 'servers', unit: 'ms', points: each })),
    };
  },
};
