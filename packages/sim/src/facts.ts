// What a simulated host tells of itself.

import { Fault } from '@mainstay/core/fault';
import type { HostFacts } from '@mainstay/wire/agents';
import { dataRoot } from './data.ts';
import type { Machine } from './machine.ts';

export function hostFacts(name: string, machine: Machine, now: number): HostFacts {
  return {
    agentVersion: 'simulated',
    hostname: name,
    engine: engineFacts(machine),
    cpus: 8,
    memoryBytes: 64 * 1024 ** 3,
    dataRoot,
    diskFreeBytes: machine.disk.freeBytes,
    diskTotalBytes: machine.disk.totalBytes,
    clockAt: now,
    policy: null,
  };
}

function engineFacts(machine: Machine): HostFacts['engine'] {
  try {
    return { id: machine.reach().id, version: 'simulated', storageDriver: 'none', cgroupVersion: '2' };
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
