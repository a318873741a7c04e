// Plays a history on a scene, and holds what comes of each step against the tables. As long as everything is waited for they
// say exactly what must come; once something was not, or something befell, only that all settles in the end.

import { Fault } from '@mainstay/core/fault';
import { settling } from '@mainstay/core/lifecycle';
import { contract } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import { until } from '../../e2e/harness/until.ts';
import type { Promised } from '../invariants.ts';
import { after, afterDeed, allowed, type Expected } from './model.ts';
import type { Scene } from './scene.ts';
import type { History, Step } from './script.ts';

/** One of a history's servers. */
interface Player {
  server: Server | null;
  /** null: there is none, or what is to be expected is not known. */
  expected: Expected | null;
  /** What it was asked for with, and whether anybody was told that it will be. */
  wanted: { readonly name: string; readonly restarts: boolean } | null;
}

interface Stage {
  readonly scene: Scene;
  readonly promised: Promised;
  readonly players: readonly [Player, Player];
  /** So long it may take to settle. */
  readonly patienceMs: number;
  /** Nothing happened since all was settled but what was waited for. */
  calm: boolean;
  ends: number;
}

/** What came of a history. */
export interface Played {
  /** The ids of its servers. */
  readonly servers: ReadonlySet<string>;
  /** The longest that it took to settle, ms. */
  readonly settledMs: number;
}

/** @throws Error when it did not come as the tables say, or did not settle */
export async function play(scene: Scene, promised: Promised, history: History, patienceMs = scene.patienceMs): Promise<Played> {
  const nobody = (): Player => ({ server: null, expected: null, wanted: null });
  const stage: Stage = { scene, promised, patienceMs, players: [nobody(), nobody()], calm: true, ends: scene.ends() };
  const servers = new Set<string>();
  let settledMs = 0;
  for (const step of [...history, { do: 'settle' } as const]) {
    if (stage.ends !== scene.ends()) stage.calm = false;
    const began = performance.now();
    await act(stage, step);
    for (const { server } of stage.players) if (server) servers.add(server.id);
    if (step.do === 'settle') settledMs = Math.max(settledMs, performance.now() - began);
  }
  return { servers, settledMs };
}

async function act(stage: Stage, step: Step): Promise<void> {
  const { scene } = stage;
  switch (step.do) {
    case 'create':
      return create(stage, stage.players[step.server], step);
    case 'ask':
      return ask(stage, stage.players[step.server], step);
    case 'outside':
      return outside(stage, stage.players[step.server], step);
    case 'configure': {
      const { server } = stage.players[step.server];
      const change = { params: { serverId: server?.id ?? '' }, body: { env: { ...server?.env, VALUE: String(step.value) } } };
      const changed = server && (await unlessRefused(scene.caller.call(contract.configureServer, change)));
      if (changed) stage.promised.revise(changed);
      return;
    }
    case 'cancel': {
      const { server } = stage.players[step.server];
      const open = server && (await unlessRefused(scene.caller.server(server.id)))?.operation;
      if (open) await unlessRefused(scene.caller.call(contract.cancelOperation, { params: { operationId: open.id } }));
      return;
    }
    case 'befall':
      stage.calm = false;
      return scene.befall(step.what);
    case 'settle':
      return settle(stage);
  }
}

async function create(stage: Stage, player: Player, { run, policy, wait }: Extract<Step, { do: 'create' }>): Promise<void> {
  if (player.server || player.wanted) return;
  const { scene, promised } = stage;
  const wanted = await scene.wanted();
  player.wanted = { name: wanted.name, restarts: policy !== 'no' };
  const body = { ...wanted, start: run, restart: policy };
  const operation = await unlessRefused(scene.caller.call(contract.createServer, { body }));
  if (operation === null) return unsettle(stage);
  promised.acknowledge(operation);
  player.server = await unlessRefused(scene.caller.server(operation.serverId));
  if (!wait || !stage.calm) return unsettle(stage);
  await succeed(stage, operation);
  if (!stage.calm) return;
  const made: Expected = { state: 'creating', body: 'absent', restarts: policy !== 'no' };
  await expectNow(stage, player, after(made, 'create', run), `create, ${run ? 'started' : 'not started'}`);
}

async function ask(stage: Stage, player: Player, { what, removeData, wait }: Extract<Step, { do: 'ask' }>): Promise<void> {
  const { scene, promised } = stage;
  const { server, expected } = player;
  if (!server) return;
  // Whether or not anybody hears of it: from here on it may go.
  if (what === 'purge' && removeData) promised.release(server);
  const wish = what === 'purge' ? { removeData, confirmName: server.name } : {};
  const answered = await scene.caller.ask(what, server, wish).catch(refusal);
  if (stage.ends !== scene.ends()) unsettle(stage);
  if (answered instanceof Fault) {
    if (!stage.calm || !expected) return unsettle(stage);
    if (answered.code === 'not-allowed-in-state' && !allowed(expected, what)) return;
    throw new Error(`${what} of a server that is ${expected.state} was refused: ${answered.message}`);
  }
  promised.acknowledge(answered);
  if (!wait || !stage.calm || !expected) return unsettle(stage);
  if (!allowed(expected, what)) throw new Error(`${what} of a server that is ${expected.state} was allowed`);
  await succeed(stage, answered);
  if (stage.calm) await expectNow(stage, player, after(expected, what, true), what);
}

async function outside(stage: Stage, player: Player, { what, wait }: Extract<Step, { do: 'outside' }>): Promise<void> {
  const { scene } = stage;
  const { server, expected } = player;
  const containerId = server && ((await unlessRefused(scene.caller.server(server.id)))?.containerId ?? server.containerId);
  if (!server || !containerId) return;
  if (!stage.calm || !expected || !wait) {
    unsettle(stage);
    // As on a terminal: what is not there answers so, and that was that.
    return scene.outside(what, containerId).catch(() => undefined);
  }
  const then = afterDeed(expected, what);
  if (then === null) return;
  await scene.outside(what, containerId);
  player.expected = then;
  await until(
    `a server that was ${expected.state} becoming ${then.state} by an outside ${what}`,
    () => scene.caller.server(server.id),
    ({ state }) => state === then.state || stage.ends !== scene.ends(),
  ).catch((error: unknown) => {
    if (stage.ends === scene.ends()) throw error;
  });
}

function unsettle(stage: Stage): void {
  stage.calm = false;
  for (const player of stage.players) player.expected = null;
}

/** Waits for its end, which must be a success as long as nothing befell. */
async function succeed(stage: Stage, operation: Operation): Promise<void> {
  const { scene } = stage;
  const end = await scene.caller.ended(operation).catch((error: unknown) => {
    if (stage.ends === scene.ends()) throw error;
    return null;
  });
  if (stage.ends !== scene.ends()) return unsettle(stage);
  if (end?.state !== 'succeeded') throw new Error(`${end?.kind} ${end?.state} though nothing befell it: ${JSON.stringify(end?.error)}`);
}

/** What the tables say is what the API shows. */
async function expectNow(stage: Stage, player: Player, expected: Expected | null, what: string): Promise<void> {
  const { scene } = stage;
  const { server } = player;
  if (!server) return;
  const now = await scene.caller.server(server.id).catch(refusal);
  if (stage.ends !== scene.ends()) return unsettle(stage);
  const state = now instanceof Fault ? (now.code === 'not-found' ? 'forgotten' : `unknown (${now.message})`) : now.state;
  if (state !== (expected?.state ?? 'forgotten')) {
    throw new Error(`after ${what}, the table says ${expected?.state ?? 'forgotten'}, and it is ${state}`);
  }
  player.expected = expected;
  player.server = now instanceof Fault ? null : now;
  if (now instanceof Fault) player.wanted = null;
  else await keep(stage, now);
}

async function keep({ scene, promised }: Stage, server: Server): Promise<void> {
  const fingerprint = server.state === 'running' && server.dataExists === 'yes' ? await scene.keepsake(server) : null;
  if (fingerprint !== null) promised.keep(server, fingerprint);
}

/** All is well again; waits until nothing is left to do and every state is what the host has, and takes it from there. */
async function settle(stage: Stage): Promise<void> {
  const { scene, players, patienceMs } = stage;
  stage.ends = scene.ends();
  await scene.heal();
  await until(
    'the host online and its engine answering',
    async () => {
      const { online, engine } = await scene.caller.call(contract.getAgent, { params: { agentId: scene.agentId } });
      return { online, engine: engine?.state };
    },
    ({ online, engine }) => online && engine === 'ok',
    patienceMs,
  );
  for (const player of players) {
    // Somebody whose request was never answered looks whether it was heard.
    if (!player.server && player.wanted) player.server = await find(scene, player.wanted.name);
    if (!player.server) {
      player.wanted = null;
      player.expected = null;
      continue;
    }
    player.server = await settled(scene, player.server, patienceMs);
    const { server } = player;
    const restarts = player.wanted?.restarts ?? false;
    player.expected = server && { state: server.state, body: await scene.body(server), restarts };
    if (server) await keep(stage, server);
    else player.wanted = null;
  }
  // The manager has ended meanwhile: what was seen may not be how it stands now.
  if (stage.ends !== scene.ends()) return settle(stage);
  stage.calm = true;
}

async function find({ caller, agentId }: Scene, name: string): Promise<Server | null> {
  const { items } = await until('the list of servers', () =>
    caller.call(contract.listServers, { query: { includeDeleted: 'true', q: name, agentId: agentId as never } }),
  );
  return items.find((server) => server.name === name) ?? null;
}

/** @returns it once it agrees with its host; null: it is forgotten */
async function settled(scene: Scene, { id }: Pick<Server, 'id'>, patienceMs: number): Promise<Server | null> {
  let newest: Server | null = null;
  const look = async () => {
    newest = await scene.caller.server(id).catch((error: unknown) => {
      if (error instanceof Fault && error.code === 'not-found') return null;
      throw error;
    });
    if (newest === null) return 'forgotten';
    return { state: newest.state, container: await scene.body(newest), operation: newest.operation?.kind ?? null };
  };
  await until(
    'the server settled',
    look,
    (seen) => seen === 'forgotten' || (seen.operation === null && settling[seen.state][seen.container] === 'keep'),
    patienceMs,
  );
  return newest;
}

/** null: it was refused, or never answered. */
function unlessRefused<T>(asked: Promise<T>): Promise<T | null> {
  return asked.catch((error: unknown) => {
    refusal(error);
    return null;
  });
}

/** What may be answered instead: a refusal, or nothing at all, as by a manager that is not there. */
function refusal(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof TypeError) return new Fault('shutting-down', `nobody answered: ${String(error.cause ?? error)}`);
  throw error;
}
