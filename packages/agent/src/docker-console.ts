// A container's log and its standard input, and what the engine counts of it, by dockerode.

import type { Readable } from 'node:stream';
import { Fault } from '@mainstay/core/fault';
import type { LogLine } from '@mainstay/wire/servers';
import type Docker from 'dockerode';
import { looked } from './docker-calls.ts';
import { createLogReader } from './docker-logs.ts';
import type { Engine, LogStart } from './engine.ts';
import { engineFault, statusOf } from './engine-faults.ts';

/** The engine counts in seconds, with fractions. */
const startOf = (from: LogStart) => ('tail' in from ? { tail: from.tail } : { since: from.since / 1000 });

const gone = () => new Fault('container-gone', 'The container is gone, and its log with it.');
const takesNoInput = () => new Fault('container-gone', 'The server does not run now, so nobody reads what is typed. Start it first.');

export function dockerConsole(docker: Docker, inspect: Engine['inspect']): Pick<Engine, 'logs' | 'follow' | 'input' | 'counters'> {
  const container = (id: string) => docker.getContainer(id);
  const wanted = { stdout: true, stderr: true, timestamps: true };
  return {
    async logs(id, tail) {
      const seen = await inspect(id);
      if (seen === null) throw gone();
      const raw = await looked((abortSignal) => container(id).logs({ ...wanted, follow: false, tail, abortSignal }));
      const reader = createLogReader(seen.terminal);
      return [...reader.read(raw), ...reader.rest()];
    },

    async follow(id, from, each, signal) {
      const seen = await inspect(id);
      if (seen === null) throw gone();
      const reader = createLogReader(seen.terminal);
      const tell = (lines: LogLine[]) => {
        if (lines.length > 0) each(lines);
      };
      try {
        const stream = (await container(id).logs({
          ...wanted,
          ...startOf(from),
          follow: true,
          abortSignal: signal,
        })) as unknown as Readable;
        const end = () => stream.destroy();
        signal.addEventListener('abort', end);
        try {
          for await (const piece of stream) tell(reader.read(piece));
          tell(reader.rest());
        } finally {
          signal.removeEventListener('abort', end);
          stream.destroy();
        }
      } catch (error) {
        if (!signal.aborted) throw statusOf(error) === 404 ? gone() : engineFault(error);
      }
    },

    async input(id, line) {
      // The engine attaches to one that does not run, and nobody reads what is written there.
      if ((await inspect(id))?.state !== 'running') throw takesNoInput();
      try {
        const stream = await looked((abortSignal) => container(id).attach({ stream: true, stdin: true, hijack: true, abortSignal }));
        // Ended at once: with more than one reader the program's own end stays open.
        await new Promise<void>((resolve, reject) => {
          stream.once('error', reject);
          stream.write(`${line}\n`, () => stream.end(resolve));
        });
      } catch (error) {
        if (error instanceof Fault && error.code !== 'engine-failed') throw error;
        throw statusOf(error) === 404 || statusOf(error) === 409 ? takesNoInput() : engineFault(error);
      }
    },

    async counters(id) {
      // dockerode's types know neither `one-shot` nor the signal.
      const options = (abortSignal: AbortSignal) => ({ stream: false, 'one-shot': true, abortSignal }) as unknown as { stream: false };
      const stats = await looked((abortSignal) => container(id).stats(options(abortSignal)));
      if (!stats.cpu_stats?.cpu_usage || stats.memory_stats?.usage === undefined) return null;
      const networks = Object.values(stats.networks ?? {});
      const cached = stats.memory_stats.stats?.['total_inactive_file'] ?? stats.memory_stats.stats?.inactive_file ?? 0;
      return {
        processorSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9,
        memoryBytes: Math.max(0, stats.memory_stats.usage - cached),
        received: networks.length === 0 ? null : networks.reduce((sum, network) => sum + network.rx_bytes, 0),
        sent: networks.length === 0 ? null : networks.reduce((sum, network) => sum + network.tx_bytes, 0),
      };
    },
  };
}
