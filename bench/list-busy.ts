// The lists of 50,000 servers, asked for at a steady pace while a thousand of them change every second.

import { keepChanging } from './harness/changing.ts';
import { figuresOf } from './harness/figures.ts';
import type { Finding } from './harness/finding.ts';
import type { Measure } from './harness/measure.ts';
import { atPace, createAsker } from './harness/requests.ts';
import { openShoal } from './harness/shoal.ts';

const aSecond = 200;
const changesASecond = 1_000;
const ms = 8_000;

export const listBusy: Measure = {
  name: 'list-busy',
  title: 'Lists of 50,000 servers, 200 requests a second beside 1,000 changes a second',
  async take() {
    const shoal = await openShoal({ hosts: 250, servers: 200 });
    const asker = createAsker(shoal.manager.url, shoal.token, 40);
    const [one] = shoal.members;
    const questions = {
      'a page of 50 of those that are stopped, by name': '/api/servers?limit=50&state=stopped',
      'one server': `/api/servers/${one?.serverId}`,
      'a search by part of a name': '/api/servers?limit=50&q=rack-0007-1',
    };
    try {
      const findings: Finding[] = [];
      for (const [what, path] of Object.entries(questions)) {
        const changing = keepChanging(shoal, changesASecond, ms + 1_000);
        const took = await atPace(() => asker.get(path), aSecond, ms);
        const { rate } = await changing;
        findings.push({
          what: `${what} (${Math.round(rate)} changes a second came out)`,
          unit: 'ms',
          figures: figuresOf(took),
          baseline: null,
          goals: [{ of: 'p99', atMost: 15 }],
        });
      }
      return { findings };
    } finally {
      asker.close();
      await shoal.close();
    }
  },
};
