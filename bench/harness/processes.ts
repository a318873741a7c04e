// What a process takes of the machine, by the kernel's own count: proc(5).

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** USER_HZ, in which the kernel counts a process's time: 100 on every Linux that Node runs on. */
const ticksASecond = 100;

/** Its resident memory, MB (10⁶ bytes). */
export function residentMb(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kib === undefined) throw new Error(`Process ${pid} holds no memory: it has ended.`);
  return (Number(kib) * 1024) / 1e6;
}

/** Processor time that it has used, ms. */
export function processorMs(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) /);
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
  return ((user + system) * 1000) / ticksASecond;
}

/** The processor that it uses while `ms` pass, as per cent of a core; several samples, one after the other. */
export async function busyPercents(pid: number, samples: number, ms: number): Promise<number[]> {
  const percents: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const [before, began] = [processorMs(pid), performance.now()];
    await pause(ms);
    percents.push(((processorMs(pid) - before) * 100) / (performance.now() - began));
  }
  return percents;
}
