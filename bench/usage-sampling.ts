// What running servers use, sampled each ten seconds from the kernel's files, beside one stream a container of the engine's stats: the
// processor time that either takes of this process. (What streams take of the engine comes on top, and is not counted.)

import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '@mainstay/agent/clock';
import { createDockerEngine } from '@mainstay/agent/docker';
import { UsageSampler } from '@mainstay/agent/usage';
import type { ServerId } from '@mainstay/core/id';
import { sampleEveryMs } from '@mainstay/wire/usage';
import type Docker from 'dockerode';
import { figuresOf } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';
import { openRealHost } from './harness/real.ts';

const running = 10;
const rounds = 4;
const samplesARound = 10;
const streamMs = 5_000;

export const usageSampling: Measure = {
  name: 'usage-sampling',
  title: 'Sampling what ten running servers use',
  async take() {
    const host = await openRealHost(running, 0);
    try {
      const sampler = new UsageSampler(createDockerEngine({ socket: null, local: true }), systemClock);
      const containers = new Map<ServerId, string>();
      for (const { id, containerId } of host.running) if (containerId) containers.set(id, containerId);
      await sampler.sample(containers);
      const [ours, streams]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round += 1) {
        const sampled = await cpuOf(async () => {
          for (let sample = 0; sample < samplesARound; sample += 1) await sampler.sample(containers);
        });
        ours.push((sampled / samplesARound / sampleEveryMs) * 100);
        streams.push((await streaming(host.outside.docker, [...containers.values()])) * 100);
      }
      return {
        findings: [
          {
            what: 'processor',
            unit: '% of a core',
            figures: figuresOf(ours),
            baseline: { what: 'a stream of the engine’s stats for each', figures: figuresOf(streams) },
            goals: [{ of: 'ratio', atMost: 0.25 }],
          },
        ],
      };
    } finally {
      await host.close();
    }
  },
};

/** @returns the part of a core that reading them takes */
async function streaming(docker: Docker, containerIds: readonly string[]): Promise<number> {
  const streams = await Promise.all(containerIds.map((id) => docker.getContainer(id).stats({ stream: true })));
  for (const stream of streams) stream.on('data', (piece: Buffer) => void JSON.parse(piece.toString().split('\n')[0] ?? ''));
  const took = await cpuOf(() => pause(streamMs));
  for (const stream of streams) (stream as unknown as { destroy(): void }).destroy();
  return took / streamMs;
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
