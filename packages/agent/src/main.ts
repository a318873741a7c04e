// The agent: who it is, what it watches and whom it answers, tied together. It stops when told to and never touches a
// container in doing so: servers keep running.

import { setMaxListeners } from 'node:events';
import { Known } from '@mainstay/core/known';
import { sampleEveryMs } from '@mainstay/wire/usage';
import type { Logger } from 'pino';
import { type Clock, systemClock } from './clock.ts';
import { type AgentConfig, BadSetting, refusePlain } from './config.ts';
import { createData } from './data.ts';
import { createDockerEngine } from './docker.ts';
import { Endings } from './endings.ts';
import { factsChanged, hostFacts } from './facts.ts';
import { createSequence, type Identity, type Key, loadIdentity, loadKey, saveIdentity } from './identity.ts';
import { refuseInUse } from './in-use.ts';
import { join } from './join.ts';
import { Keeping } from './keeping.ts';
import { Link } from './link.ts';
import { lockHome } from './lock.ts';
import { Looker } from './look.ts';
import { recordedContainers } from './manifest.ts';
import { createMeasuring } from './measuring.ts';
import { PolicyFile } from './policy-file.ts';
import { Readiness } from './readiness.ts';
import { type DataRoot, openRoot } from './root.ts';
import { createHandlers } from './serve.ts';
import { Told } from './told.ts';
import { createTurns } from './turns.ts';
import { UsageSampler } from './usage.ts';
import { watch } from './watch.ts';

const factsEveryMs = 60_000;
/** A policy is read before whatever it has a say in; in between its owner is told soon whether it can be used. */
const policyEveryMs = 2_000;
const trashEveryMs = 60 * 60 * 1000;
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
export async function startAgent(config: AgentConfig, { log, signal: stopped, clock = systemClock }: AgentOptions): Promise<void> {
  const unlock = lockHome(config.home);
  // Its own, so that one loop's end is the others' too. Every pause and every request listens to it.
  const stopping = new AbortController();
  const { signal } = stopping;
  setMaxListeners(0, signal);
  const stop = () => stopping.abort();
  stopped.addEventListener('abort', stop);
  if (stopped.aborted) stop();
  try {
    const before = await loadIdentity(config.home);
    const policy = await PolicyFile.open(config.policy, log, before?.hadPolicy);
    const key = await loadKey(config.home);
    const known = before ?? (await joinAs(config, key, clock, log, signal));
    const rootId = await openRoot(config.dataRoot, known.rootId);
    const identity = {
      ...known,
      rootId,
      managerUrl: config.managerUrl ?? known.managerUrl,
      boots: known.boots + 1,
      hadPolicy: known.hadPolicy || policy.found,
    };
    refusePlain(identity.managerUrl, config.allowPlain);
    await saveIdentity(config.home, identity);
    const root: DataRoot = { path: config.dataRoot, rootId, installationId: identity.installationId };
    await run(config, { identity, key, root, policy, clock, log }, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stopped.removeEventListener('abort', stop);
    stop();
    unlock();
  }
}

interface Agent {
  readonly identity: Identity;
  readonly key: Key;
  readonly root: DataRoot;
  readonly policy: PolicyFile;
  readonly clock: Clock;
  readonly log: Logger;
}

async function run(config: AgentConfig, { identity, key, root, policy, clock, log }: Agent, signal: AbortSignal): Promise<void> {
  const { agentId, installationId } = identity;
  const engine = createDockerEngine(config.engine);
  const data = createData(root, clock);
  const known = new Known(await recordedContainers(root.path, installationId));
  const endings = new Endings();
  const readiness = new Readiness({ engine, clock });
  const turns = createTurns();
  const sequence = createSequence(identity.boots);
  const looking = { installationId, engine, data, known, endings, readiness, clock, sequence: sequence.next };
  const looker = new Looker({ ...looking, busy: turns.busy });
  const told = new Told(endings);
  const keeping = new Keeping(root, clock, config.trashDays, (serverId) => refuseInUse({ engine, installationId }, serverId));
  const handlers = createHandlers({
    ...looking,
    keeping,
    measure: createMeasuring(root, data, clock),
    policy,
    agentId,
    root,
    looker,
    told,
    turns,
    askManager: (operationId, question, until) => link.askOfCopy(operationId, question, until),
  });
  const facts = () => hostFacts(engine, root.path, policy.told(), clock);
  const link = new Link({ managerUrl: identity.managerUrl, identity, key, handlers, sequence, facts, clock, log });

  let factsTold = await facts();
  const tellFacts = async () => {
    const now = await facts();
    if (factsChanged(factsTold, now) && link.notify('host.facts', now)) factsTold = now;
  };
  let remembered = identity.hadPolicy;
  const readPolicy = async () => {
    await policy.refresh();
    if (remembered || !policy.found) return;
    await saveIdentity(config.home, { ...identity, hadPolicy: true });
    remembered = true;
  };
  policy.onChange = tellFacts;
  const clearTrash = async () => {
    for (const { name, error } of await keeping.emptyWhatIsDue()) {
      log.warn({ name, error }, 'could not be removed from the trash');
    }
  };
  const sampler = new UsageSampler(engine, clock);
  const tellUsage = async () => {
    const report = await sampler.sample(looker.running);
    if (report.servers.length > 0) link.notify('host.usage', report);
  };
  const every = async (ms: number, work: () => Promise<void>) => {
    for (; !signal.aborted; await clock.pause(ms, signal)) await work().catch((error: unknown) => log.error({ error }, 'upkeep failed'));
  };

  signal.addEventListener('abort', () => readiness.close());
  await Promise.race([
    Promise.all([
      watch({ installationId, engine, looker, endings, readiness, told, clock, log, send: (seen) => link.observe(seen) }, signal),
      link.run(signal),
      every(factsEveryMs, tellFacts),
      every(trashEveryMs, clearTrash),
      every(policyEveryMs, readPolicy),
      every(sampleEveryMs, tellUsage),
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

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
