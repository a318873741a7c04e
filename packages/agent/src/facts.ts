// What this host is like, for people to see: told on connecting, and again when it changed.

import { statfs } from 'node:fs/promises';
import { availableParallelism, hostname, totalmem } from 'node:os';
import type { HostFacts, HostPolicy } from '@mainstay/wire/agents';
import description from '../package.json' with { type: 'json' };
import type { Clock } from './clock.ts';
import type { Engine } from './engine.ts';

/** Free space changes with every log line; a hundredth of the disk is news. */
const newsFraction = 0.01;

/** A manager waits for an agent's facts before it takes it in; a frozen engine must not keep the agent out. */
const engineMs = 3_000;

export async function hostFacts(engine: Engine, dataRoot: string, policy: HostPolicy, clock: Clock): Promise<HostFacts> {
  const late = clock.pause(engineMs, new AbortController().signal).then(() => null);
  const asked = engine.facts().catch(() => null);
  const [facts, disk] = await Promise.all([Promise.race([asked, late]), statfs(dataRoot).catch(() => null)]);
  return {
    agentVersion: description.version,
    hostname: hostname(),
    engine: facts && { id: facts.id, version: facts.version, storageDriver: facts.storageDriver, cgroupVersion: facts.cgroupVersion },
    cpus: facts?.cpus ?? availableParallelism(),
    memoryBytes: facts?.memoryBytes ?? totalmem(),
    dataRoot,
    // What an ordinary user may take; the rest is the kernel's reserve.
    diskFreeBytes: disk && disk.bavail * disk.bsize,
    diskTotalBytes: disk && disk.blocks * disk.bsize,
    clockAt: clock.now(),
    policy,
  };
}

/** Whether somebody who knows `told` should be told `now`. */
export function factsChanged(told: HostFacts, now: HostFacts): boolean {
  return steady(told) !== steady(now);
}

function steady(facts: HostFacts): string {
  const { diskFreeBytes, diskTotalBytes } = facts;
  const free = diskFreeBytes && diskTotalBytes ? Math.round(diskFreeBytes / (diskTotalBytes * newsFraction)) : null;
  return JSON.stringify({ ...facts, diskFreeBytes: free, clockAt: 0 });
}
