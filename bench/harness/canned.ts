// Calls up the canned engine, and asks it what it was asked.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';
import { note, ownDirectory } from '../../test/e2e/harness/ledger.ts';

export interface CannedEngine {
  readonly socketPath: string;
  /** How often it was asked for each thing. */
  asked(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export async function openCannedEngine(containers: number, installationId: string): Promise<CannedEngine> {
  const socketPath = join(ownDirectory('canned'), 'docker.sock');
  const program = join(import.meta.dirname, 'canned-engine.ts');
  const child = spawn(process.execPath, [program, socketPath, String(containers), installationId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  note('processes', String(child.pid));
  await once(child.stdout, 'data');
  return {
    socketPath,
    asked: () =>
      new Promise((resolve, reject) => {
        get({ socketPath, path: '/asked', agent: false }, (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (piece: string) => {
            text += piece;
          });
          answer.on('end', () => resolve(JSON.parse(text) as Record<string, number>));
        }).on('error', reject);
      }),
    async close() {
      child.kill();
      await once(child, 'close');
    },
  };
}
