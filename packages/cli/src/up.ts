// `mainstay up`: the manager in this process and an agent for this host beside it. The agent is a process of its own,
// as on every other host; should it end unasked it is started again.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AgentId } from '@mainstay/core/id';
import { nobodyHasAccount } from '@mainstay/manager/app/accounts';
import { issue } from '@mainstay/manager/app/credentials';
import { managerConfig } from '@mainstay/manager/config';
import type { Store } from '@mainstay/manager/sql/store';
import { signInLink, withStore } from './credentials.ts';
import { Misuse } from './fail.ts';
import { logLevel } from './log-level.ts';
import { failWhenLost, runManager } from './manager.ts';
import { home, root, shipped, version } from './place.ts';
import { stopSignal } from './stopping.ts';

/** Between the end of an agent that was not asked to end, and the next one: longer each time, for what ails it is seldom gone by itself. */
const againMs = { first: 2_000, most: 60_000 } as const;

export async function up(): Promise<void> {
  const stopping = stopSignal();
  const manager = await runManager('warn');
  failWhenLost(manager);
  const { publicUrl } = managerConfig(process.env, home, shipped);
  const address = publicUrl ?? manager.url;
  const { link, joinToken } = await withStore(async (store) => ({
    link: (await nobodyHasAccount(store.db)) ? await signInLink(store, address) : null,
    joinToken: (await hasJoined(store)) ? null : (await issue(store, { kind: 'join', name: 'up' }, Date.now())).secret,
  }));
  say([
    '',
    `  Mainstay ${version}`,
    '',
    `  Page      ${address}`,
    ...(link === null
      ? ['  Sign in   on the page; for who cannot: ./mainstay sign-in-link']
      : [`  Sign in   ${link}`, '            (good once, for 15 minutes; another: ./mainstay sign-in-link)']),
    `  State     ${home}`,
    '',
    '  Ctrl-C stops Mainstay. Servers keep running.',
    '',
  ]);
  // A certificate is for the public name, not for this machine's own address.
  await keepAgent(manager.url.startsWith('https:') ? address : manager.url, joinToken, stopping);
  await manager.stop();
  say(['  Mainstay has stopped. Servers keep running; npm start takes up where it stood.']);
  process.exit(0);
}

/**
 * Whether this host's agent has joined this manager.
 * @throws Misuse when it has joined another one: a database that was moved away, say
 */
async function hasJoined(store: Store): Promise<boolean> {
  const path = join(home, 'agent/identity.json');
  if (!existsSync(path)) return false;
  const { agentId } = JSON.parse(readFileSync(path, 'utf8')) as { agentId: AgentId };
  const row = await store.db.selectFrom('agents').select('id').where('id', '=', agentId).executeTakeFirst();
  if (row) return true;
  throw new Misuse(
    `This host’s agent belongs to another record than ${join(home, 'manager')} holds: was the database moved away, or the host removed? ` +
      `Put the database back; or, to begin anew here, move ${join(home, 'agent')} away (worlds lie in its data directory).`,
  );
}

/** Runs the agent until `stopping`; waits for its end. */
async function keepAgent(managerUrl: string, joinToken: string | null, stopping: AbortSignal): Promise<void> {
  let pauseMs: number = againMs.first;
  while (!stopping.aborted) {
    const begun = performance.now();
    const child = startAgent(managerUrl, joinToken);
    const stop = () => child.kill('SIGTERM');
    stopping.addEventListener('abort', stop);
    const code = await ended(child);
    stopping.removeEventListener('abort', stop);
    if (stopping.aborted) return;
    pauseMs = performance.now() - begun > againMs.most ? againMs.first : Math.min(againMs.most, pauseMs * 2);
    say([`  This host’s agent ended with code ${code}; it is started again in ${Math.round(pauseMs / 1000)} s.`]);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      stopping.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function startAgent(url: string, joinToken: string | null): ChildProcess {
  // Whatever authority signed it: the certificate that the manager was given is believed on its own machine.
  const certificate = process.env['MAINSTAY_TLS_CERT'];
  const trusted = certificate && !process.env['NODE_EXTRA_CA_CERTS'] ? { NODE_EXTRA_CA_CERTS: resolve(certificate) } : {};
  return spawn(process.execPath, [join(root, 'packages/cli/src/main.ts'), 'agent'], {
    // The channel is there so that the agent ends with this process, however that ends.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      MAINSTAY_LOG: logLevel('warn'),
      MAINSTAY_MANAGER: url,
      ...trusted,
      ...(joinToken === null ? {} : { MAINSTAY_JOIN_TOKEN: joinToken }),
    },
  });
}

function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')));
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
