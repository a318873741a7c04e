// A full look of the agent's at many containers beside the one bare list call that it needs: time, processor, and calls. The engine
// has its answers ready, so nothing of its own slowness hides ours.

import { systemClock } from '@mainstay/agent/clock';
import type { Data } from '@mainstay/agent/data';
import { createDockerEngine } from '@mainstay/agent/docker';
import { Endings } from '@mainstay/agent/endings';
import { Looker } from '@mainstay/agent/look';
import { Readiness } from '@mainstay/agent/readiness';
import { labels } from '@mainstay/core/bodies';
import type { InstallationId, ServerId } from '@mainstay/core/id';
import { Known } from '@mainstay/core/known';
import Docker from 'dockerode';
import { alternate, timed } from './harness/alternate.ts';
import { type CannedEngine, openCannedEngine } from './harness/canned.ts';
import { containerIdAt, serverIdAt } from './harness/canned-engine.ts';
import { figuresOf, type Point } from './harness/figures.ts';
import type { Finding } from './harness/finding.ts';
import type { Measure } from './harness/measure.ts';

const sizes = [10, 100, 500, 1_000, 10_000];
const goalAt = 500;
const installationId = 'bench' as InstallationId;

export const fullLook: Measure = {
  name: 'full-look',
  title: 'A full look at a host',
  async take() {
    const points: Point[] = [];
    let findings: readonly Finding[] = [];
    for (const size of sizes) {
      const engine = await openCannedEngine(size, installationId);
      try {
        const taken = await look(engine, size, size > 1_000 ? 15 : 60);
        points.push({ size, cost: taken[0]?.figures.p50 ?? 0 });
        if (size === goalAt) findings = taken;
      } finally {
        await engine.close();
      }
    }
    return { findings, growths: [{ what: 'a full look', of: 'containers', unit: 'ms', points }] };
  },
};

async function look(canned: CannedEngine, size: number, rounds: number): Promise<Finding[]> {
  const { looker, list } = openLooker(canned, size);
  // The first look at a server inspects it.
  await looker.look('all', { data: false, exact: new Set() });
  const before = await canned.asked();
  const cpu = { ours: [] as number[], bare: [] as number[] };
  const ours = () => withCpu(cpu.ours, () => looker.look('all', { data: false, exact: new Set() }));
  const bare = () => withCpu(cpu.bare, list);
  const { measured, baseline } = await alternate(rounds, ours, bare);
  const after = await canned.asked();
  const perContainer = (after['/containers/:id/json'] ?? 0) - (before['/containers/:id/json'] ?? 0);
  const what = `a full look at ${size} containers`;
  const against = 'one bare list call';
  return [
    { what, unit: 'ms', figures: measured, baseline: { what: against, figures: baseline }, goals: [{ of: 'ratio', atMost: 1.3 }] },
    {
      what: 'its processor time',
      unit: 'ms',
      figures: figuresOf(cpu.ours.slice(1)),
      baseline: { what: against, figures: figuresOf(cpu.bare.slice(1)) },
      goals: [{ of: 'ratio', atMost: 1.3 }],
    },
    {
      what: 'calls for a single container in all of them',
      unit: 'times',
      figures: figuresOf([perContainer]),
      baseline: null,
      goals: [{ of: 'most', atMost: 0 }],
    },
  ];
}

async function withCpu(into: number[], work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  const took = await timed(work);
  const { user, system } = process.cpuUsage(before);
  into.push((user + system) / 1000);
  return took;
}

function openLooker({ socketPath }: CannedEngine, size: number): { readonly looker: Looker; readonly list: () => Promise<unknown> } {
  const engine = createDockerEngine({ socket: socketPath, local: true });
  const docker = new Docker({ socketPath });
  const known = new Known(new Map(Array.from({ length: size }, (_, place) => [serverIdAt(place) as ServerId, containerIdAt(place)])));
  let sequence = 0;
  const looker = new Looker({
    installationId,
    engine,
    // Data is looked at once a minute, and not here.
    data: null as unknown as Data,
    known,
    endings: new Endings(),
    readiness: new Readiness({ engine, clock: systemClock }),
    clock: systemClock,
    sequence: () => {
      sequence += 1;
      return sequence;
    },
    busy: () => false,
  });
  return {
    looker,
    list: () => docker.listContainers({ all: true, filters: { label: [`${labels.installation}=${installationId}`] } }),
  };
}
