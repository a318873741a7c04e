// The engine port with Docker's API behind it (Podman's is the same where it is used), by dockerode. Here are the
// deadlines, and what an answer of the engine's means in our words; nothing is decided.

import type { Readable } from 'node:stream';
import { Fault } from '@mainstay/core/fault';
import type { Progress } from '@mainstay/wire/operations';
import Docker from 'dockerode';
import type { EngineAddress } from './config.ts';
import type { ContainerOptions } from './container.ts';
import { eachEvent } from './docker-events.ts';
import { logLines } from './docker-logs.ts';
import { createPullSum, type PullMessage } from './docker-pull.ts';
import type { Engine, HostPort, InspectedContainer, LabelFilter } from './engine.ts';
import { engineFault, imageFault, startFault, statusOf, wordsOf } from './engine-faults.ts';
import { eachLine } from './lines.ts';

/** Long enough for a loaded engine with a thousand containers, short enough that a frozen one makes an unknown look and no hang. */
const lookMs = 10_000;
/** Making, starting and removing wait for disks and networks. */
const actMs = 120_000;
/** What the engine itself may take after the grace is over: it kills, and waits for the kernel. */
const stopMarginMs = 30_000;

export function createDockerEngine({ socket, local }: EngineAddress): Engine {
  const docker = new Docker(socket === null ? undefined : { socketPath: socket });
  const within = (ms: number) => AbortSignal.timeout(ms);
  const container = (id: string) => docker.getContainer(id);
  const looked = <T>(answer: Promise<T>) => answer.catch((error: unknown) => Promise.reject(engineFault(error)));

  const inspect = async (id: string): Promise<InspectedContainer | null> => {
    const seen = await container(id)
      .inspect({ abortSignal: within(lookMs) })
      .catch((error: unknown) => {
        if (statusOf(error) === 404) return null;
        throw engineFault(error);
      });
    if (seen === null) return null;
    const { State: state, Config: config } = seen;
    return {
      id: seen.Id,
      name: seen.Name.replace(/^\//, ''),
      labels: config.Labels ?? {},
      state: state.Status,
      exitCode: state.ExitCode,
      outOfMemory: state.OOMKilled,
      finishedAt: timeOf(state.FinishedAt),
      restarts: seen.RestartCount,
      image: config.Image,
      terminal: config.Tty,
    };
  };

  const create = async (name: string, options: ContainerOptions): Promise<string> => {
    try {
      // Apart, or dockerode would put the whole body into the address as well.
      const apart = { _query: { name }, _body: options, abortSignal: within(actMs) } as Docker.ContainerCreateOptions;
      return (await docker.createContainer(apart)).id;
    } catch (error) {
      if (statusOf(error) === 409 && /name/i.test(wordsOf(error))) throw nameFault(name, await inspect(name));
      if (statusOf(error) === 404) throw imageFault(options.Image ?? '', wordsOf(error));
      throw engineFault(error, 'container-failed');
    }
  };

  const stop = async (id: string, graceSeconds: number | null, signal: AbortSignal) => {
    const limit = graceSeconds === null ? [] : [within(graceSeconds * 1000 + stopMarginMs)];
    await container(id)
      .stop({ ...(graceSeconds === null ? {} : { t: graceSeconds }), abortSignal: AbortSignal.any([signal, ...limit]) })
      .catch(unless([304, 404], (error) => (signal.aborted ? cancelled() : engineFault(error))));
  };

  const pull = async (reference: string, report: (progress: Progress) => void, signal: AbortSignal) => {
    const sum = createPullSum();
    try {
      const stream = (await docker.pull(reference, { abortSignal: signal })) as Readable;
      await eachLine(stream, signal, (line) => {
        const message = JSON.parse(line) as PullMessage;
        if (message.error !== undefined) throw imageFault(reference, message.error);
        const progress = sum(message);
        if (progress) report(progress);
      });
    } catch (error) {
      if (signal.aborted) throw cancelled();
      if (statusOf(error) !== undefined) throw imageFault(reference, wordsOf(error));
      throw engineFault(error);
    }
  };

  return {
    local,
    inspect,
    create,
    stop,
    pull,
    async facts() {
      const info: DockerInfo = await looked(inTime(docker.info(), lookMs));
      return {
        id: info.ID,
        version: info.ServerVersion,
        storageDriver: info.Driver,
        cgroupVersion: info.CgroupVersion ?? '1',
        cpus: info.NCPU,
        memoryBytes: info.MemTotal,
      };
    },
    async list(labels) {
      const listed = await looked(docker.listContainers({ all: true, filters: filtersOf(labels), abortSignal: within(lookMs) }));
      return listed.map((seen) => ({
        id: seen.Id,
        name: (seen.Names[0] ?? '').replace(/^\//, ''),
        labels: seen.Labels ?? {},
        state: seen.State,
        status: seen.Status,
        createdAt: seen.Created,
        ports: (seen.Ports ?? []).flatMap(hostPortOf),
      }));
    },
    async start(id) {
      await container(id)
        .start({ abortSignal: within(actMs) })
        .catch(unless([304], startFault));
    },
    async unpause(id) {
      await container(id)
        .unpause({ abortSignal: within(actMs) })
        .catch((error: unknown) => Promise.reject(startFault(error)));
    },
    async rename(id, name) {
      try {
        await container(id).rename({ name, abortSignal: within(lookMs) });
      } catch (error) {
        if (statusOf(error) === 409) throw nameFault(name, await inspect(name));
        throw startFault(error);
      }
    },
    async remove(id) {
      const options = { force: true, v: false, abortSignal: within(actMs) };
      await container(id)
        .remove(options)
        .catch(unless([404], (error) => (/already in progress/i.test(wordsOf(error)) ? null : engineFault(error))));
    },
    async logs(id, tail) {
      const seen = await inspect(id);
      if (seen === null) throw new Fault('container-gone', 'The container is gone, and its log with it.');
      const options = { follow: false as const, stdout: true, stderr: true, timestamps: true, tail, abortSignal: within(lookMs) };
      return logLines(await looked(container(id).logs(options)), seen.terminal);
    },
    async image(reference) {
      try {
        const image = await inTime(docker.getImage(reference).inspect(), lookMs);
        return { volumes: Object.keys(image.Config.Volumes ?? {}) };
      } catch (error) {
        if (statusOf(error) === 404) return null;
        throw engineFault(error);
      }
    },
    async images() {
      const images = await looked(docker.listImages({ abortSignal: within(lookMs) }));
      return images.flatMap((image) =>
        (image.RepoTags ?? []).filter((tag) => !tag.includes('<none>')).map((reference) => ({ reference, bytes: image.Size })),
      );
    },
    async events(labels, after, opened, each, signal) {
      const options = {
        filters: { type: ['container'], ...filtersOf(labels) },
        ...(after === null ? {} : { since: after }),
        abortSignal: signal,
      };
      try {
        // Its types know neither a `since` with a fraction nor the signal.
        const stream = (await docker.getEvents(options as unknown as Docker.GetEventsOptions)) as Readable;
        opened();
        await eachEvent(stream, signal, each);
      } catch (error) {
        if (!signal.aborted) throw engineFault(error);
      }
    },
  };
}

interface DockerInfo {
  readonly ID: string;
  readonly ServerVersion: string;
  readonly Driver: string;
  readonly CgroupVersion?: string;
  readonly NCPU: number;
  readonly MemTotal: number;
}

/** For the calls of dockerode's that take no signal. */
function inTime<T>(answer: Promise<T>, ms: number): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    AbortSignal.timeout(ms).addEventListener('abort', (event) => reject((event.target as AbortSignal).reason));
  });
  return Promise.race([answer, late]);
}

const filtersOf = (labels: LabelFilter) => ({ label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) });

const cancelled = () => new Fault('cancelled', 'It was cancelled.');

/** For `catch`: these statuses mean that it is so already. */
const unless = (statuses: readonly number[], fault: (error: unknown) => Fault | null) => (error: unknown) => {
  const status = statusOf(error);
  if (status !== undefined && statuses.includes(status)) return;
  const thrown = fault(error);
  if (thrown !== null) throw thrown;
};

function nameFault(name: string, holder: InspectedContainer | null): Fault {
  const who = holder === null ? 'another container' : `container ${holder.id.slice(0, 12)} (image ${holder.image}, ${holder.state})`;
  return new Fault(
    'container-name-taken',
    `The name “${name}” is held by ${who}. Rename or remove that container, or rename this server.`,
    {
      extra: { name, holder: holder?.id ?? null },
    },
  );
}

function hostPortOf(port: { PublicPort?: number; Type: string }): HostPort[] {
  return port.PublicPort && (port.Type === 'tcp' || port.Type === 'udp') ? [{ protocol: port.Type, hostPort: port.PublicPort }] : [];
}

/** The engine writes the year 1 for never. */
function timeOf(text: string): number | null {
  const time = Date.parse(text);
  return time > 0 ? time : null;
}
