// `npm run demo`: what Mainstay promises, shown on the real engine, a line a step with the time it took. Everything is of
// its own (directory, manager, agent, containers) and gone at the end, Ctrl-C included. It ends with 1 when a step fails.

import { renameSync } from 'node:fs';
import type { Server } from '@mainstay/wire/servers';
import { becomes } from '../test/e2e/harness/changes.ts';
import { type EngineProxy, openEngineProxy } from '../test/e2e/harness/engine-proxy.ts';
import { type Installation, openInstallation } from '../test/e2e/harness/installation.ts';
import { closeRun, openRun } from '../test/e2e/harness/ledger.ts';
import { build, freshName, operate, worldOf } from '../test/e2e/harness/sample.ts';
import { ensureEngine } from './engine.ts';
import { ensureSampleImage } from './sample-image.ts';

let failed = 0;
let mainstay: Installation | undefined;
let engine: EngineProxy | undefined;
const began = performance.now();

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function chapter(title: string): void {
  say(`\n${title}`);
}

/** One step: what is done or promised, whether it came about, and its time. A step that fails ends its chapter. */
async function step<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const from = performance.now();
  const line = (mark: string) => say(`  ${mark} ${what.padEnd(88)} ${String(Math.round(performance.now() - from)).padStart(6)} ms`);
  try {
    const result = await work();
    line('✓');
    return result;
  } catch (error) {
    line('✗');
    say(`      ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    throw error;
  }
}

/** @throws an error that says what should be so */
function hold(so: boolean, what: string): void {
  if (!so) throw new Error(`It should be so: ${what}`);
}

interface Stage {
  readonly mainstay: Installation;
  readonly engine: EngineProxy;
}

/** Removes the container and waits to be told, within `promisedMs` from the moment the engine said it was done. */
async function removeAndNotice({ mainstay }: Stage, server: Server, promisedMs: number): Promise<void> {
  const page = await mainstay.changes();
  const removedAt = await mainstay.outside.remove(server.name);
  const told = await page.first('it missing', becomes(server, 'missing'));
  page.close();
  const took = told.receivedAt - removedAt;
  hold(took < promisedMs, `noticed within ${promisedMs} ms, not ${Math.round(took)} ms`);
}

async function expectSame({ mainstay }: Stage, server: Server, worldId: string): Promise<void> {
  const again = await mainstay.server(server.id);
  hold(again.state === 'running' && again.name === server.name, 'it runs under its name');
  hold(JSON.stringify(again.ports) === JSON.stringify(server.ports), 'it has its ports');
  hold(JSON.stringify(again.env) === JSON.stringify(server.env), 'it has its settings');
  hold(worldOf(mainstay.host, server).id === worldId, 'it has its world');
  hold((await mainstay.outside.containersOf(server.id)).length === 1, 'it has one container');
}

const stories: [string, (stage: Stage) => Promise<void>][] = [
  [
    'A container is removed behind Mainstay’s back',
    async (stage) => {
      const { mainstay, engine } = stage;
      const server = await step('a server is created, and a player builds a tower in its world', async () => {
        const made = await mainstay.create({ name: freshName('demo') });
        await build(mainstay.host, made, 'tower');
        return made;
      });
      const { id } = worldOf(mainstay.host, server);
      await step('docker rm -f: missing within 1 s, nobody having asked', () => removeAndNotice(stage, server, 1_000));
      await step('Start brings it back', () => mainstay.carryOut('start', server));
      await step('same name, ports, settings and world', () => expectSame(stage, server, id));
      engine.cutEvents();
      await step('the engine’s event stream cut, docker rm -f: missing within 6 s', () => removeAndNotice(stage, server, 6_000));
      await engine.behave();
      await step('Start brings it back once more, with its world', async () => {
        await mainstay.carryOut('start', server);
        await expectSame(stage, server, id);
      });
    },
  ],
  [
    'Somebody else stops and starts it; it crashes',
    async ({ mainstay }) => {
      const server = await step('a server is created that is not restarted by the engine', () =>
        mainstay.create({ name: freshName('demo'), restart: 'no' }),
      );
      await step('docker stop: stopped, as somebody outside asked', async () => {
        await mainstay.outside.stop(server.name);
        const { stateReason } = await mainstay.untilState(server.id, 'stopped');
        hold(stateReason?.startsWith('stopped outside Mainstay') ?? false, `the reason, not “${stateReason}”`);
      });
      await step('docker start: running, as somebody outside started it', async () => {
        await mainstay.outside.start(server.name);
        const { stateReason } = await mainstay.untilState(server.id, 'running');
        hold(stateReason === 'started outside Mainstay', `the reason, not “${stateReason}”`);
      });
      await step('a crash: stopped, crashed with exit code 3', async () => {
        await operate(server, 'crash 3');
        const { stateReason } = await mainstay.untilState(server.id, 'stopped');
        hold(stateReason === 'crashed with exit code 3', `the reason, not “${stateReason}”`);
      });
    },
  ],
  [
    'Deleting is soft, purging is not',
    async (stage) => {
      const { mainstay } = stage;
      const { host } = mainstay;
      const server = await step('a server is created, and a player builds a tower in its world', async () => {
        const made = await mainstay.create({ name: freshName('demo') });
        await build(host, made, 'tower');
        return made;
      });
      const { id } = worldOf(host, server);
      await step('delete: its container goes; data, name and ports are kept', async () => {
        await mainstay.carryOut('delete', server);
        hold((await mainstay.outside.containersOf(server.id)).length === 0, 'no container is left');
        hold(worldOf(host, server).id === id, 'the world is kept');
      });
      await step('a second server is refused its name', async () => {
        const refusal = await mainstay.create({ name: server.name }).then(
          () => null,
          (error: Error) => error.message,
        );
        hold(refusal?.includes('name-taken') ?? false, `it is refused, not: ${refusal}`);
      });
      await step('restore, then Start: the same world', async () => {
        await mainstay.carryOut('restore', server);
        await mainstay.carryOut('start', server);
        await expectSame(stage, server, id);
      });
      await step('purge without data: forgotten, and the world stays on the disk', async () => {
        await mainstay.carryOut('delete', server);
        await mainstay.carryOut('purge', server, { removeData: false, confirmName: server.name });
        hold(
          (await mainstay.servers()).every((each) => each.id !== server.id),
          'it is forgotten',
        );
        hold(worldOf(host, server).id === id, 'the world is kept');
      });
      const second = await step('its name and ports are free again', () => mainstay.create({ name: server.name, ports: server.ports }));
      await step('purge with data while the host is away: it waits, and is done when the host returns', async () => {
        await mainstay.carryOut('delete', second);
        await host.kill();
        await mainstay.untilAway();
        const purge = await mainstay.ask('purge', second, { removeData: true, confirmName: second.name });
        await mainstay.untilWaiting(purge);
        host.start();
        hold((await mainstay.ended(purge)).state === 'succeeded', 'the purge succeeded');
      });
    },
  ],
  [
    'Absence of evidence changes nothing',
    async ({ mainstay, engine }) => {
      const server = await step('a server is created', () => mainstay.create({ name: freshName('demo') }));
      const unchanged = async () => hold((await mainstay.server(server.id)).state === 'running', 'its state did not change');
      await step('the engine does not answer: no state changes', async () => {
        engine.refuse();
        await mainstay.untilServer(server.id, 'the engine unreachable', ({ host }) => host.engine === 'unreachable');
        await unchanged();
        await engine.behave();
        await mainstay.untilServer(server.id, 'the engine back', ({ host }) => host.engine === 'ok');
      });
      await step('the host is away: no state changes, and it is told since when it is not heard', async () => {
        await mainstay.host.kill();
        const { lastHeardAt } = await mainstay.untilAway();
        hold(lastHeardAt !== null, 'when it was last heard is known');
        await unchanged();
        mainstay.host.start();
        await mainstay.untilOnline();
      });
    },
  ],
  [
    'The world guard',
    async (stage) => {
      const { mainstay } = stage;
      const { host } = mainstay;
      const server = await step('a server with a world loses its container', async () => {
        const made = await mainstay.create({ name: freshName('demo') });
        await build(host, made, 'tower');
        await mainstay.outside.remove(made.name);
        return mainstay.untilState(made.id, 'missing');
      });
      const { id } = worldOf(host, server);
      const [data, aside] = [host.dataOf(server.id), `${host.dataOf(server.id)}.aside`];
      await step('its data is gone: Start is refused rather than a new world begun', async () => {
        renameSync(data, aside);
        const refusal = await mainstay.carryOut('start', server).then(
          () => null,
          (error: Error) => error.message,
        );
        hold(refusal?.includes('data-missing') ?? false, `it is refused, not: ${refusal}`);
      });
      await step('its data is back: Start, with its world', async () => {
        renameSync(aside, data);
        await mainstay.carryOut('start', server);
        await expectSame(stage, server, id);
      });
    },
  ],
  [
    'The manager dies in the middle',
    async (stage) => {
      const { mainstay, engine } = stage;
      const server = await step('a server with a world is created', async () => {
        const made = await mainstay.create({ name: freshName('demo') });
        await build(mainstay.host, made, 'tower');
        return made;
      });
      const { id } = worldOf(mainstay.host, server);
      await step('SIGKILL in the middle of a rebuild; started again, it goes on and ends right', async () => {
        const held = engine.hold(/^POST \/containers\/[^/]+\/rename/, 'after');
        const rebuild = await mainstay.ask('rebuild', server);
        await held.reached;
        await mainstay.manager.kill();
        await mainstay.manager.start();
        held.release();
        hold((await mainstay.ended(rebuild)).state === 'succeeded', 'the rebuild succeeded');
      });
      await step('nothing doubled, nothing lost', () => expectSame(stage, server, id));
    },
  ],
];

async function clear(): Promise<void> {
  await mainstay?.close();
  engine?.close();
  closeRun();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    say('\nInterrupted; clearing away.');
    void clear().finally(() => process.exit(130));
  });
}

openRun();
try {
  const { docker, version } = await ensureEngine({ say });
  await ensureSampleImage({ docker, say });
  say(`Mainstay on Docker engine ${version}`);
  engine = await openEngineProxy();
  mainstay = await openInstallation({ dockerHost: engine.address });
  const stage = { mainstay, engine };
  for (const [title, story] of stories) {
    chapter(title);
    await story(stage).catch((error: unknown) => {
      failed += 1;
      if (!(error instanceof Error)) throw error;
    });
    await engine.behave();
  }
} catch (error) {
  failed += 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  await clear();
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
say(failed === 0 ? `\nAll of it held (${seconds} s).` : `\n${failed} of ${stories.length} stories failed (${seconds} s).`);
process.exit(failed === 0 ? 0 : 1);
