// What makes each effect true on a simulated machine. Each decides nothing, can be done twice, and refuses for the
// reasons for which the real agent does.

import { bodyAmong, isAside, labels } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { InstallationId, OperationId, ServerId } from '@mainstay/core/id';
import type { Known } from '@mainstay/core/known';
import type { ConsoleSettings, StopRung } from '@mainstay/core/server';
import type { CopyAnswer, CopyQuestion } from '@mainstay/wire/copies';
import type { ContainerSpec, EffectOf } from '@mainstay/wire/link';
import type { Copied, Progress } from '@mainstay/wire/operations';
import { type Container, runs } from './container.ts';
import { borrow, runningOf } from './copying.ts';
import { type Engine, portTaken } from './engine.ts';
import type { Machine } from './machine.ts';
import { programOf } from './program.ts';
import type { Readiness } from './readiness.ts';
import { sendLine } from './send-line.ts';
import type { Clock } from './world.ts';

export interface Step {
  readonly installationId: InstallationId;
  readonly serverId: ServerId;
  readonly machine: Machine;
  readonly known: Known;
  readonly readiness: Readiness;
  readonly clock: Clock;
  /** How long a pull takes, ms. */
  readonly pullMs: number;
  readonly askManager: AskManager;
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

/** Asks the manager about data of another host. */
export type AskManager = (operationId: OperationId, question: CopyQuestion, signal: AbortSignal) => Promise<CopyAnswer>;

export interface Done {
  readonly endedBy?: StopRung | null;
  readonly copied?: Copied;
}

const done: Done = {};

/** Between two words about a step that takes its time. */
const reportEveryMs = 1_000;
/** What every image weighs that was not there before. */
const pulledBytes = 180_000_000;
/** Registries that answer nobody: reserved for that (RFC 2606), or this very host, which has none. */
const nowhere = /^(?:localhost|[^/]*\.invalid)(?::\d+)?\//;

export function guardData({ machine, serverId }: Step, { spec, make, allowEmptyData }: EffectOf<'guard-data'>): Done {
  machine.data.guard(serverId, { volumes: volumesOf(spec), make, allowEmptyData });
  return done;
}

export async function ensureImage(step: Step, { image, unlessContainer }: EffectOf<'ensure-image'>): Promise<Done> {
  if (unlessContainer && bodyOf(step)) return done;
  const { images } = step.machine.reach();
  if (images.has(image)) return done;
  if (nowhere.test(image)) {
    throw new Fault(
      'image-unavailable',
      `Image ${image} is not on the host and could not be pulled: no such host. The registry was not reached: check the host’s network and the registry’s name, or load it into the host’s engine first.`,
    );
  }
  await passing(step, step.pullMs, (passed) => ({ done: Math.round(pulledBytes * passed), total: pulledBytes, unit: 'bytes' }));
  step.machine.reach().images.set(image, pulledBytes);
  return done;
}

export function checkPorts(step: Step, { ports }: EffectOf<'check-ports'>): Done {
  const body = bodyOf(step);
  if (body && runs(body)) return done;
  for (const port of ports) {
    const holder = step.machine.reach().holder(port, body);
    if (holder !== null) throw portTaken(port, holder);
  }
  return done;
}

export function ensureContainer(step: Step, { spec }: EffectOf<'ensure-container'>): Done {
  const body = bodyOf(step) ?? make(step, spec, spec.name, null);
  record(step, body);
  return done;
}

export function ensureReplacement(step: Step, { spec, operationId }: EffectOf<'ensure-replacement'>): Done {
  if (!replacementOf(step, operationId)) make(step, spec, `${spec.name}.${operationId.slice(0, 8)}`, operationId);
  return done;
}

/** A simulated script ends as its text says (`exit 3`, `exit(3)`), and has put something into its volume when it ended well. */
export function ensureInstalled({ machine, serverId }: Step, { install, operationId, again }: EffectOf<'ensure-installed'>): Done {
  machine.reach();
  const code = Number(/\bexit[ (](\d+)/.exec(install.script)?.[1] ?? 0);
  const failure = code === 0 ? null : `The install script ended with exit code ${code}. It said nothing.`;
  machine.data.install(serverId, install.volume, { operationId, again, failure });
  return done;
}

/** What stands in a simulated volume has no files. */
export function checkFiles({ machine }: Step, _effect: EffectOf<'check-files'>): Done {
  machine.reach();
  return done;
}

export function editFiles({ machine, serverId }: Step, { files }: EffectOf<'edit-files'>): Done {
  machine.data.guard(serverId, { volumes: files.map(({ volume }) => volume), make: false, allowEmptyData: true });
  return done;
}

export function ensureRunning(step: Step, { mustHold, ready }: EffectOf<'ensure-running'>): Done {
  step.readiness.want(step.serverId, ready);
  const body = bodyOf(step);
  if (body === null) throw new Fault('container-gone', 'The container is gone. Start the server to bring it back.');
  if (runs(body)) return done;
  step.machine.reach().start(body);
  // Whatever ends at once has ended by now: a simulated program takes no time to find that out.
  if (mustHold && body.state !== 'running')
    throw new Fault('container-failed', `The new container ended at once, with exit code ${body.exit?.code}.`);
  return done;
}

export async function ensureStopped(step: Step, { graceSeconds, console }: EffectOf<'ensure-stopped'>): Promise<Done> {
  const body = bodyOf(step);
  if (body === null || !runs(body)) return { endedBy: null };
  if (endsOnCommand(step, body, console)) return { endedBy: 'command' };
  return { endedBy: await stop(step, body, graceSeconds) };
}

function endsOnCommand({ machine }: Step, body: Container, console: ConsoleSettings): boolean {
  if (console.via === 'none' || console.stopCommand === null) return false;
  try {
    sendLine(machine.reach(), body, console.stopCommand, console, true);
  } catch (error) {
    // A console that does not answer leaves the signal.
    if (!(error instanceof Fault) || error.code === 'engine-unreachable') throw error;
  }
  return !runs(body);
}

export async function ensureAbsent(step: Step, _effect: EffectOf<'ensure-absent'>): Promise<Done> {
  for (const container of containersOf(step)) await retire(step, container);
  record(step, null);
  return done;
}

export async function ensureOnly(step: Step, _effect: EffectOf<'ensure-only'>): Promise<Done> {
  const containers = containersOf(step);
  const recorded = step.known.recorded(step.serverId);
  if (!containers.some(({ id }) => id === recorded))
    throw new Fault('container-gone', 'The recorded container is gone; the others were left as they are.');
  for (const container of containers) if (container.id !== recorded) await retire(step, container);
  return done;
}

export function ensureArchived({ machine, serverId }: Step, { operationId }: EffectOf<'ensure-archived'>): Done {
  machine.data.archive(serverId, operationId);
  return done;
}

export function ensureDataBack({ machine, serverId }: Step, { trashId }: EffectOf<'ensure-data-back'>): Done {
  machine.data.bringBack(serverId, trashId);
  return done;
}

export function ensureDataGone({ machine, serverId }: Step, { record }: EffectOf<'ensure-data-gone'>): Done {
  machine.data.remove(serverId, record);
  return done;
}

export async function ensureCopied(step: Step, { from, operationId, remote, live, bytes }: EffectOf<'ensure-copied'>): Promise<Done> {
  const { machine, serverId, signal } = step;
  if (!remote && !live && runningOf(step, from).now) {
    throw new Fault(
      'copy-failed',
      'The server whose data is copied was started outside Mainstay meanwhile: the copy would not be whole. Clone it again.',
    );
  }
  step.report({ done: 0, total: bytes, unit: 'bytes', files: 0 });
  const lent = remote ? await borrow((question) => step.askManager(operationId, question, signal)) : machine.data.lend(from);
  machine.data.take(serverId, operationId, lent);
  const contents = [...lent.volumes.values()].flatMap(({ content }) => (content === null || content === 'gone' ? [] : [content]));
  return { copied: { bytes: contents.reduce((sum, each) => sum + each.bytes, 0), files: contents.length, leftOut: 0, torn: 0 } };
}

/** A simulated copy is there all at once, or not at all. */
export function dropCopied(_step: Step, _effect: EffectOf<'drop-copied'>): Done {
  return done;
}

export async function swapReplacement(step: Step, { name, operationId }: EffectOf<'swap-replacement'>): Promise<Done> {
  const engine = step.machine.reach();
  const replacement = replacementOf(step, operationId);
  if (!replacement) throw new Fault('container-gone', 'The replacement container is gone.');
  const recorded = step.known.recorded(step.serverId);
  const others = containersOf(step).filter((container) => container !== replacement);
  const old = others.find((container) => container.name === name || container.id === recorded);
  if (old && old.name !== previousName(old)) {
    const leftover = others.find((container) => container !== old && container.name === previousName(old));
    if (leftover) await retire(step, leftover);
    engine.rename(old, previousName(old));
  }
  if (replacement.name !== name) engine.rename(replacement, name);
  record(step, replacement);
  return done;
}

export async function dropReplacement(step: Step, { operationId }: EffectOf<'drop-replacement'>): Promise<Done> {
  const replacement = replacementOf(step, operationId);
  const others = containersOf(step).filter((container) => container !== replacement);
  const old =
    others.find((container) => container.name === previousName(container)) ?? bodyAmong(others, step.known.recorded(step.serverId));
  // In place already and nothing to go back to: without it the server would have no container at all.
  if (replacement && !old && !isAside(replacement)) return done;
  if (replacement) await retire(step, replacement);
  if (old && old.name !== ownName(old)) step.machine.reach().rename(old, ownName(old));
  record(step, old ?? null);
  return done;
}

/** Stops a container with its own grace and removes it. */
export async function retire(step: Pick<Step, 'machine' | 'clock' | 'signal' | 'report'>, container: Container): Promise<void> {
  if (runs(container)) await stop(step, container, container.spec.stop.graceSeconds);
  step.machine.reach().remove(container);
}

/** @returns what ended it */
async function stop(
  step: Pick<Step, 'machine' | 'clock' | 'signal' | 'report'>,
  container: Container,
  graceSeconds: number,
): Promise<'signal' | 'kill'> {
  const stopMs = programOf(container.spec)?.stopMs ?? 0;
  const graceMs = graceSeconds * 1000;
  await passing(step, Math.min(stopMs, graceMs), (passed) => ({
    done: Math.floor(passed * graceSeconds),
    total: graceSeconds,
    unit: 'seconds',
  }));
  const killed = stopMs > graceMs;
  step.machine.reach().end(container, { code: killed ? 137 : 0, outOfMemory: false, asked: true });
  return killed ? 'kill' : 'signal';
}

/** Lets time pass and tells of it. @throws Fault `cancelled` when the step is */
async function passing(
  { clock, signal, report }: Pick<Step, 'clock' | 'signal' | 'report'>,
  ms: number,
  progress: (passed: number) => Progress,
): Promise<void> {
  for (let passed = 0; passed < ms; passed += reportEveryMs) {
    report(progress(passed / ms));
    await clock.pause(Math.min(reportEveryMs, ms - passed), signal);
    if (signal.aborted) throw new Fault('cancelled', 'It was cancelled.');
  }
}

/** @throws Fault `image-unavailable`, `data-missing`, `data-foreign`, `container-name-taken` */
function make(step: Step, spec: ContainerSpec, name: string, operationId: OperationId | null): Container {
  const { installationId, serverId, machine } = step;
  const engine: Engine = machine.reach();
  if (!engine.images.has(spec.image)) throw new Fault('image-unavailable', `Image ${spec.image} is not on the host any more.`);
  machine.data.guard(serverId, { volumes: volumesOf(spec), make: false, allowEmptyData: false });
  return engine.create(
    name,
    {
      [labels.server]: serverId,
      [labels.installation]: installationId,
      [labels.operation]: operationId ?? '',
      [labels.name]: spec.name,
    },
    spec,
  );
}

function record({ known, machine, serverId }: Step, body: Container | null): void {
  known.record(serverId, body?.id ?? null);
  // What is known of a container that went is kept beside its data.
  if (body) machine.data.record(serverId, body);
}

function containersOf({ machine, installationId, serverId }: Step): Container[] {
  return machine.reach().list({ [labels.installation]: installationId, [labels.server]: serverId });
}

function bodyOf(step: Step): Container | null {
  return bodyAmong(containersOf(step), step.known.recorded(step.serverId));
}

function replacementOf(step: Step, operationId: OperationId): Container | undefined {
  return containersOf(step).find((container) => container.labels[labels.operation] === operationId);
}

const volumesOf = (spec: ContainerSpec): string[] => spec.volumes.map(({ name }) => name);
const ownName = (container: Container): string => container.labels[labels.name] ?? container.name;
const previousName = (container: Container): string => `${ownName(container)}.previous`;
