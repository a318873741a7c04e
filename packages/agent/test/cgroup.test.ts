// Counters from the kernel's files, in both versions of control groups.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readCounters } from '@mainstay/agent/cgroup';
import { afterEach, beforeEach, expect, it } from 'vitest';

const id = 'c0ffee'.repeat(10);
const network =
  'Inter-| Receive | Transmit\n face |bytes packets\n    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0\n  eth0: 1500 10 0 0 0 0 0 0 700 5 0 0 0 0 0 0\n';
let root: string;
const files = () => ({ proc: join(root, 'proc'), cgroup: join(root, 'cgroup') });
const put = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mainstay-cgroup-'));
  await put('proc/7/net/dev', network);
});
afterEach(() => rm(root, { recursive: true, force: true }));

it('reads version 1', async () => {
  await put('proc/7/cgroup', `9:memory:/docker/${id}\n4:cpu,cpuacct:/docker/${id}\n0::/docker/${id}\n`);
  await put(`cgroup/cpuacct/docker/${id}/cpuacct.usage`, '2500000000\n');
  await put(`cgroup/memory/docker/${id}/memory.usage_in_bytes`, '1000\n');
  await put(`cgroup/memory/docker/${id}/memory.stat`, 'cache 5\ntotal_inactive_file 300\n');
  expect(await readCounters(id, 7, files())).toEqual({ processorSeconds: 2.5, memoryBytes: 700, received: 1500, sent: 700 });
});

it('reads version 2', async () => {
  await put('proc/7/cgroup', `0::/system.slice/docker-${id}.scope\n`);
  await put(`cgroup/system.slice/docker-${id}.scope/cpu.stat`, 'usage_usec 1500000\nuser_usec 1\n');
  await put(`cgroup/system.slice/docker-${id}.scope/memory.current`, '1000\n');
  await put(`cgroup/system.slice/docker-${id}.scope/memory.stat`, 'anon 1\ninactive_file 100\n');
  expect(await readCounters(id, 7, files())).toEqual({ processorSeconds: 1.5, memoryBytes: 900, received: 1500, sent: 700 });
});

it('believes no process that is not (any more) the container’s', async () => {
  await put('proc/7/cgroup', '0::/user.slice\n');
  expect(await readCounters(id, 7, files())).toBeNull();
  expect(await readCounters(id, 8, files())).toBeNull();
});
