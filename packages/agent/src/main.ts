// The agent: who it is, what it watches and whom it answers, tied together. It stops when told to and never touches a
// container in doing so: servers keep running.

import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { type Clock, systemClock } from './clock.ts';
import { type AgentConfig, BadSetting } from './config.ts';
import { createData } from './data.ts';
import { createDockerEngine } from './docker.ts';
import { Endings } from './endings.ts';
import { factsChanged, hostFacts } from './facts.ts';
import { createSequence, type Identity, type Key, loadIdentity, loadKey, saveIdentity } from './identity.ts';
import { join } from './join.ts';
import { Known } from './known.ts';
import { Link } from './link.ts';
import { lockHome } from './lock.ts';
import { Looker } from './look.ts';
import { recordedContainers } from './manifest.ts';
import { type DataRoot, openRoot, rootTrouble } from './root.ts';
import { createHandlers } from './serve.ts';
import { Told } from './told.ts';
import { emptyTrash } from './trash.ts';
import { createTurns } from './turns.ts';
import { watch } from './watch.ts';

const factsEveryMs = 60_000;
const trashEveryMs = 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;
/** What is under way when the agent is told to stop may end; a frozen engine is not waited for. */
const stopWithinMs = 800;

export interface AgentOptions {
  readonly log: Logger;
  /** Stops the agent. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Runs the agent until it is told to stop.
 * @throws an error of one clear line: a bad setting, another agent with this home, a refused token, a revoked agent
 */
export async function startAgent(config: AgentConfig, { log, signal, clock = systemClock }: AgentOptions): Promise<void> {
  const unlock = lockHome(config.home);
  // Every pause and every request listens to it.
  setMaxListeners(0, signal);
  try {
    const key = await loadKey(config.home);
    const known = (await loadIdentity(config.home)) ?? (await joinAs(config, key, clock, log, signal));
    const rootId = await openRoot(config.dataRoot, known.rootId);
    const identity = { ...known, rootId, managerUrl: config.managerUrl ?? known.managerUrl, boots: known.boots + 1 };
    refusePlain(identity.managerUrl, config.allowPlain);
    await saveIdentity(config.home, identity);
    const root: DataRoot = { path: config.dataRoot, rootId, installationId: identity.installationId };
    await run(config, { identity, key, root, clock, log }, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    unlock();
  }
}

interface Agent {
  readonly identity: Identity;
  readonly key: Key;
  readonly root: DataRoot;
  readonly clock: Clock;
  readonly log: Logger;
}

async function run(config: AgentConfig, { identity, key, root, clock, log }: Agent, signal: AbortSignal): Promise<void> {
  const { agentId, installationId } = identity;
  const engine = createDockerEngine(config.engine);
  const data = createData(root, clock);
  const known = new Known(await recordedContainers(root.path, installationId));
  const endings = new Endings();
  const turns = createTurns();
  const sequence = createSequence(identity.boots);
  const looker = new Looker({ installationId, engine, data, known, endings, clock, sequence, busy: turns.busy });
  const told = new Told(endings);
  const handlers = createHandlers({ agentId, installationId, engine, data, known, endings, clock, sequence, looker, told, turns });
  const facts = () => hostFacts(engine, root.path, clock);
  const link = new Link({ managerUrl: identity.managerUrl, identity, key, handlers, facts, clock, log });

  const tellFacts = async () => {
    let last = await facts();
    await every(factsEveryMs, clock, signal, async () => {
      const now = await facts();
      if (factsChanged(last, now) && link.notify('host.facts', now)) last = now;
    });
  };
  const keepTrash = () =>
    every(trashEveryMs, clock, signal, async () => {
      if ((await rootTrouble(root)) !== null) return;
      for (const { name, error } of await emptyTrash(root, clock.now() - config.trashDays * dayMs)) {
        log.warn({ name, err: error }, 'could not be removed from the trash');
      }
    });

  await Promise.race([
    Promise.all([
      watch({ installationId, engine, looker, endings, told, clock, log, send: (seen) => link.notify('host.observed', seen) }, signal),
      link.run(signal),
      tellFacts(),
      keepTrash(),
    ]),
    aborted(signal).then(() => clock.pause(stopWithinMs, new AbortController().signal)),
  ]);
}

function joinAs(config: AgentConfig, key: Key, clock: Clock, log: Logger, signal: AbortSignal): Promise<Identity> {
  const { managerUrl, joinToken, name } = config;
  if (managerUrl === null) throw new BadSetting('MAINSTAY_MANAGER must say where the manager is, such as https://mainstay.example.org.');
  if (joinToken === null)
    throw new BadSetting('This agent has not joined yet: MAINSTAY_JOIN_TOKEN must hold a token from `mainstay join-token create`.');
  refusePlain(managerUrl, config.allowPlain);
  return join({ managerUrl, joinToken, name, key }, clock, log, signal);
}

/** What crosses the link starts containers: nobody on the way may read or change it. */
function refusePlain(managerUrl: string, allowed: boolean): void {
  const { protocol, hostname } = new URL(managerUrl);
  if (protocol === 'https:' || allowed || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)) return;
  throw new BadSetting(
    `The link to ${managerUrl} would not be encrypted. Use https, or MAINSTAY_ALLOW_PLAIN=true on a network that you trust.`,
  );
}

async function every(ms: number, clock: Clock, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work();
    await clock.pause(ms, signal);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
