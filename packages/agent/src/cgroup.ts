// A container's counters from the kernel: its control group's files (version 1 and 2) and its process's view of the
// network. Formats: cgroups(7), proc(5), and the kernel's admin-guide/cgroup-v1 and cgroup-v2.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Counters } from './usage.ts';

/** Where the kernel's files are; another root in tests. */
export interface KernelFiles {
  readonly proc: string;
  readonly cgroup: string;
}

const kernel: KernelFiles = { proc: '/proc', cgroup: '/sys/fs/cgroup' };

/**
 * @param pid the container's main process
 * @returns null when the files are not there, or the process is no longer this container's
 */
export async function readCounters(containerId: string, pid: number, files: KernelFiles = kernel): Promise<Counters | null> {
  try {
    const groups = await readFile(join(files.proc, String(pid), 'cgroup'), 'utf8');
    if (!groups.includes(containerId)) return null;
    const group = groupsOf(groups);
    const [usage, network] = await Promise.all([
      group.unified === null ? version1(files, group) : version2(join(files.cgroup, group.unified)),
      readFile(join(files.proc, String(pid), 'net/dev'), 'utf8').then(networkOf),
    ]);
    return { ...usage, ...network };
  } catch {
    return null;
  }
}

interface Groups {
  /** The path of the one group of version 2; null when processor and memory are version 1's. */
  readonly unified: string | null;
  readonly controllers: ReadonlyMap<string, string>;
}

/** Lines of `/proc/<pid>/cgroup`: `4:cpu,cpuacct:/docker/…`, or `0::/system.slice/…`. */
function groupsOf(text: string): Groups {
  const controllers = new Map<string, string>();
  let unified: string | null = null;
  for (const line of text.trim().split('\n')) {
    const [, names = '', ...path] = line.split(':');
    if (names === '') unified = path.join(':');
    else for (const name of names.split(',')) controllers.set(name, path.join(':'));
  }
  return { unified: controllers.has('memory') ? null : unified, controllers };
}

async function version1(files: KernelFiles, { controllers }: Groups): Promise<Pick<Counters, 'processorSeconds' | 'memoryBytes'>> {
  const path = (controller: string, name: string) => join(files.cgroup, controller, controllers.get(controller) ?? '', name);
  const [nanoseconds, held, stat] = await Promise.all([
    number(path('cpuacct', 'cpuacct.usage')),
    number(path('memory', 'memory.usage_in_bytes')),
    readFile(path('memory', 'memory.stat'), 'utf8'),
  ]);
  return { processorSeconds: nanoseconds / 1e9, memoryBytes: Math.max(0, held - field(stat, 'total_inactive_file')) };
}

async function version2(directory: string): Promise<Pick<Counters, 'processorSeconds' | 'memoryBytes'>> {
  const [cpu, held, stat] = await Promise.all([
    readFile(join(directory, 'cpu.stat'), 'utf8'),
    number(join(directory, 'memory.current')),
    readFile(join(directory, 'memory.stat'), 'utf8'),
  ]);
  return { processorSeconds: field(cpu, 'usage_usec') / 1e6, memoryBytes: Math.max(0, held - field(stat, 'inactive_file')) };
}

/** Lines of `net/dev`: two of heading, then `  eth0: received-bytes packets … sent-bytes …`; sent is the ninth number. */
function networkOf(text: string): Pick<Counters, 'received' | 'sent'> {
  let received = 0;
  let sent = 0;
  for (const line of text.trim().split('\n').slice(2)) {
    const [name = '', numbers = ''] = line.trim().split(/:\s*/);
    if (name === 'lo') continue;
    const values = numbers.split(/\s+/).map(Number);
    received += values[0] ?? 0;
    sent += values[8] ?? 0;
  }
  return { received, sent };
}

async function number(path: string): Promise<number> {
  const value = Number((await readFile(path, 'utf8')).trim());
  if (!Number.isFinite(value)) throw new Error(`${path} holds no number.`);
  return value;
}

/** The number behind `name` in a file of `name number` lines; 0 when it is not listed. */
function field(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}
