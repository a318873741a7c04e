// A thousand hosts with fifty servers each on one manager: what it takes at rest, and how soon all are back after every link broke
// at one moment.

import { setTimeout as pause } from 'node:timers/promises';
import { figuresOf } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';
import { busyPercents, residentMb } from './harness/processes.ts';
import { openShoal } from './harness/shoal.ts';

/** As long as a look of everybody takes, and the collector some time to be done. */
const calmMs = 15_000;

export const manyHosts: Measure = {
  name: 'many-hosts',
  title: 'A thousand hosts, 50,000 servers',
  async take({ say }) {
    const shoal = await openShoal({ hosts: 1_000, servers: 50 });
    try {
      say('  all online');
      await pause(calmMs);
      const { pid } = shoal.manager;
      const busy = await busyPercents(pid, 5, 5_000);
      const resident = residentMb(pid);
      const at = Date.now();
      for (const host of shoal.hosts) host.cutLink();
      const back = await shoal.untilSeenSince(at);
      const after = residentMb(pid);
      return {
        findings: [
          { what: 'RSS at rest', unit: 'MB', figures: figuresOf([resident]), baseline: null, goals: [{ of: 'most', atMost: 350 }] },
          { what: 'processor at rest', unit: '% of a core', figures: figuresOf(busy), baseline: null, goals: [{ of: 'p50', atMost: 5 }] },
          {
            what: 'all links cut at once: every server seen again after',
            unit: 'ms',
            figures: figuresOf([back]),
            baseline: null,
            goals: [{ of: 'most', atMost: 8_000 }],
          },
          { what: 'RSS right after that', unit: 'MB', figures: figuresOf([after]), baseline: null, goals: [] },
        ],
      };
    } finally {
      await shoal.close();
    }
  },
};
