// `ensure-installed`: the install script, run in a container of its own that is neither the server's body nor a stray. Cut
// short at any point, it is taken up where it stands: a container that runs is followed, one that ended is judged by its
// exit code. Whatever came of it, its container goes.

import { lchown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labels } from '@mainstay/core/bodies';
import { Fault, passes } from '@mainstay/core/fault';
import type { EffectOf } from '@mainstay/wire/link';
import type { LogLine } from '@mainstay/wire/servers';
import { installerOptions } from '../container.ts';
import { errorCode } from '../durable.ts';
import type { InspectedContainer } from '../engine.ts';
import { meaningOf, neverRan } from '../engine-states.ts';
import { eachBelow } from '../inside.ts';
import { readInstalled, writeInstalled } from '../installed.ts';
import { maskedLine } from '../masking.ts';
import { removeTree } from '../removal.ts';
import { createTurns } from '../turns.ts';
import { idsOf } from '../user-ids.ts';
import { type Done, done, type Step } from './step.ts';

type Effect = EffectOf<'ensure-installed'>;

/** Lines of its output that are kept for the reason when it fails. */
const linesKept = 12;
const lineMost = 300;
const askEveryMs = 500;

export async function ensureInstalled(step: Step, effect: Effect): Promise<Done> {
  if (!(await stands(step, effect))) {
    try {
      await install(step, effect);
      await unlessItStands(step, effect, async () => {
        await giveToUser(step.data.volumePath(step.serverId, effect.install.volume), effect.spec.sandbox.user);
        await remember(step, effect, null);
      });
    } catch (error) {
      // What an agent or an engine leaves behind is taken up by the next try.
      if (isStopping(step.signal) || (error instanceof Fault && passes(error.code))) throw error;
      if (error instanceof Fault && error.code === 'install-failed') {
        await unlessItStands(step, effect, () => remember(step, effect, error.detail));
      }
      await clear(step);
      throw error;
    }
  }
  await clear(step);
  return done;
}

const isStopping = ({ reason }: AbortSignal): boolean => reason instanceof Fault && reason.code === 'shutting-down';

/** Whether it is installed. @throws Fault `install-failed` when this very operation's script has failed */
async function stands({ data, serverId }: Step, { operationId, again }: Effect): Promise<boolean> {
  const installed = await readInstalled(data.directory(serverId));
  if (installed === null) return false;
  const own = installed.operationId === operationId;
  if (own && installed.failure !== null) throw new Fault('install-failed', installed.failure);
  return installed.failure === null && (own || !again);
}

function remember({ data, serverId, clock }: Step, { operationId, install }: Effect, failure: string | null): Promise<void> {
  return writeInstalled(data.directory(serverId), { operationId, at: clock.now(), failure, volume: install.volume });
}

/** @throws Fault `install-failed` unless the script ended well */
async function install(step: Step, effect: Effect): Promise<void> {
  const { engine, clock, signal } = step;
  const id = await unlessItStands(step, effect, () => installer(step, effect));
  if (id === null) return;
  const output = new Output(step, effect);
  let begun: number | null = null;
  try {
    for (;;) {
      const seen = await engine.inspect(id);
      if (seen === null) {
        // Another request for the same may have waited for it too, and have been faster.
        if (await stands(step, effect)) return;
        throw new Fault('container-gone', 'The install container is gone. Somebody removed it.');
      }
      if (neverRan(seen.state)) await engine.start(id);
      else if (meaningOf(seen.state) === 'not-running') return judge(seen, await output.last(id));
      // What ran before this agent was there is known by the wall clock alone.
      begun ??= clock.running() - Math.max(0, clock.now() - (seen.startedAt ?? clock.now()));
      const left = effect.limitSeconds * 1000 - (clock.running() - begun);
      if (left <= 0) {
        const last = quoted(await output.last(id));
        throw new Fault('install-failed', `The install script did not end within ${effect.limitSeconds} s and was killed.${last}`);
      }
      // One that goes meanwhile lets go of its log in many words; the next look says what became of it.
      const cut = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(left))]);
      await engine.follow(id, { tail: 1 }, (lines) => output.take(lines), cut).catch(unlessUnreachable);
      signal.throwIfAborted();
      await clock.pause(askEveryMs, signal);
    }
  } finally {
    output.end();
  }
}

/** Of two requests for one operation, one of them of a manager that is gone, both wait; what else is to be done is done by one. */
const turns = createTurns();

function unlessItStands<T>(step: Step, effect: Effect, work: () => Promise<T>): Promise<T | null> {
  return turns.take(step.serverId, async () => ((await stands(step, effect)) ? null : work()));
}

/** The container of this very operation, made where there is none; those of others go. */
async function installer(step: Step, { install, spec, operationId }: Effect): Promise<string> {
  const { engine, data, serverId, installationId, signal } = step;
  const name = `${spec.name}.install.${operationId.slice(0, 8)}`;
  const listed = await installersOf(step);
  for (const { id, labels: found } of listed) if (found[labels.operation] !== operationId) await engine.remove(id);
  const own = listed.find(({ labels: found }) => found[labels.operation] === operationId) ?? (await engine.inspect(name));
  if (own && own.labels[labels.install] === serverId) return own.id;

  await data.guard(serverId, { volumes: [install.volume], make: false, allowEmptyData: false });
  const scripts = scriptsDirectory(data.directory(serverId));
  await mkdir(scripts, { recursive: true, mode: 0o755 });
  await writeFile(join(scripts, 'install.sh'), install.script.replaceAll('\r\n', '\n'), { mode: 0o644 });
  signal.throwIfAborted();
  const volumePath = data.volumePath(serverId, install.volume);
  return engine.create(name, installerOptions({ serverId, installationId, operationId, spec, install, volumePath, scripts }));
}

const scriptsDirectory = (directory: string): string => join(directory, 'install');

/** The install containers of a server, whatever state they are in. */
export function installersOf({ engine, installationId, serverId }: Pick<Step, 'engine' | 'installationId' | 'serverId'>) {
  return engine.list({ [labels.installation]: installationId, [labels.install]: serverId });
}

async function clear(step: Step): Promise<void> {
  for (const { id } of await installersOf(step)) await step.engine.remove(id);
  await removeTree(scriptsDirectory(step.data.directory(step.serverId)));
}

function unlessUnreachable(error: unknown): void {
  if (!(error instanceof Fault) || passes(error.code)) throw error;
}

function judge({ exitCode, outOfMemory }: InspectedContainer, last: readonly string[]): void {
  if (exitCode === 0) return;
  const how = outOfMemory ? 'ran out of memory and was killed' : `ended with exit code ${exitCode}`;
  throw new Fault('install-failed', `The install script ${how}.${quoted(last)}`);
}

const quoted = (lines: readonly string[]): string => (lines.length === 0 ? ' It said nothing.' : ` It said last:\n${lines.join('\n')}`);

/** What the script says: told as it comes, in its last line; never a secret that it was given. */
class Output {
  readonly #step: Step;
  readonly #clean: (text: string) => string;
  readonly #begun: number;
  readonly #telling: NodeJS.Timeout;
  #said: string | undefined;

  constructor(step: Step, { spec }: Effect) {
    this.#step = step;
    const masked = maskedLine(Object.keys(spec.sealedEnv).flatMap((name) => spec.env[name] ?? []));
    this.#clean = (text) => masked(text).slice(0, lineMost);
    this.#begun = step.clock.running();
    this.#telling = setInterval(() => this.#tell(), 1000);
  }

  take(lines: readonly LogLine[]): void {
    this.#said = lines.map((line) => this.#clean(line.text)).findLast((text) => text !== '') ?? this.#said;
  }

  async last(id: string): Promise<string[]> {
    const lines = (await this.#step.engine.logs(id, linesKept).catch(unlessUnreachable)) ?? [];
    return lines.map((line) => this.#clean(line.text)).filter((text) => text !== '');
  }

  end(): void {
    clearInterval(this.#telling);
  }

  #tell(): void {
    const seconds = Math.floor((this.#step.clock.running() - this.#begun) / 1000);
    this.#step.report({ done: seconds, total: null, unit: 'seconds', ...(this.#said === undefined ? {} : { said: this.#said }) });
  }
}

/** What an install script leaves behind is root's as a rule, and the program that is to use it is not. */
async function giveToUser(directory: string, user: string | null): Promise<void> {
  const ids = idsOf(user);
  if (ids === null) return;
  await eachBelow(directory, (path) =>
    lchown(path, ids.uid, ids.gid ?? ids.uid).catch((error: unknown) => {
      // Gone, while it was come to.
      if (errorCode(error) === 'ENOENT') return;
      if (errorCode(error) !== 'EPERM') throw error;
      throw new Fault('install-failed', `What was installed cannot be given to user ${ids.uid}: the host’s agent does not run as root.`);
    }),
  );
}
