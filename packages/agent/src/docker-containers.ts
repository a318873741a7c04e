// The engine's containers, by dockerode.

import { Fault } from '@mainstay/core/fault';
import type Docker from 'dockerode';
import { actMs, cancelled, looked, lookMs, unless, within } from './docker-calls.ts';
import type { Engine, HostPort, InspectedContainer, LabelFilter } from './engine.ts';
import { engineFault, imageFault, startFault, statusOf, wordsOf } from './engine-faults.ts';

/** What the engine itself may take after the grace is over: it kills, and waits for the kernel. */
const stopMarginMs = 30_000;
/** The longest grace that a record can give, for a stop by the grace that the container was made with. */
const longestGraceSeconds = 3_600;

type ContainerCalls = Pick<Engine, 'list' | 'inspect' | 'create' | 'start' | 'unpause' | 'stop' | 'setRestart' | 'rename' | 'remove'>;

export function dockerContainers(docker: Docker): ContainerCalls {
  const act = <T>(call: (abortSignal: AbortSignal) => Promise<T>) => within(actMs, call);
  const container = (id: string) => docker.getContainer(id);

  const inspect = async (id: string): Promise<InspectedContainer | null> => {
    try {
      return inspected(await within(lookMs, (abortSignal) => container(id).inspect({ abortSignal })));
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw engineFault(error);
    }
  };

  return {
    inspect,

    async list(labels) {
      const filters = filtersOf(labels);
      return (await looked((abortSignal) => docker.listContainers({ all: true, filters, abortSignal }))).map(listed);
    },

    async create(name, options) {
      // Apart, or dockerode would put the whole body into the address as well.
      const apart = { _query: { name }, _body: options };
      try {
        return (await act((abortSignal) => docker.createContainer({ ...apart, abortSignal } as Docker.ContainerCreateOptions))).id;
      } catch (error) {
        if (statusOf(error) === 409 && /name/i.test(wordsOf(error))) throw nameFault(name, await inspect(name));
        if (statusOf(error) === 404) throw imageFault(options.Image ?? '', wordsOf(error));
        throw engineFault(error, 'container-failed');
      }
    },

    async start(id) {
      await act((abortSignal) => container(id).start({ abortSignal })).catch(unless([304], startFault));
    },

    async unpause(id) {
      await act((abortSignal) => container(id).unpause({ abortSignal })).catch(unless([], startFault));
    },

    async stop(id, graceSeconds, signal) {
      const grace = graceSeconds === null ? {} : { t: graceSeconds };
      await within(
        (graceSeconds ?? longestGraceSeconds) * 1000 + stopMarginMs,
        (abortSignal) => container(id).stop({ ...grace, abortSignal }),
        signal,
      ).catch(unless([304, 404], (error) => (signal.aborted ? cancelled() : engineFault(error))));
    },

    async setRestart(id, policy) {
      await act((abortSignal) =>
        // dockerode's types know no signal here.
        container(id).update({ RestartPolicy: { Name: policy }, abortSignal } as object),
      ).catch(unless([404], engineFault));
    },

    async rename(id, name) {
      try {
        await act((abortSignal) => container(id).rename({ name, abortSignal }));
      } catch (error) {
        throw statusOf(error) === 409 ? nameFault(name, await inspect(name)) : startFault(error);
      }
    },

    async remove(id) {
      await act((abortSignal) => container(id).remove({ force: true, v: false, abortSignal })).catch(
        unless([404], (error) => (/already in progress/i.test(wordsOf(error)) ? null : engineFault(error))),
      );
    },
  };
}

/** The engine's form of a filter by labels. */
export const filtersOf = (labels: LabelFilter) => ({ label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) });

function listed(seen: Docker.ContainerInfo) {
  return {
    id: seen.Id,
    name: nameOf(seen.Names[0]),
    labels: seen.Labels ?? {},
    state: seen.State,
    status: seen.Status,
    createdAt: seen.Created,
    ports: (seen.Ports ?? []).flatMap(hostPortOf),
  };
}

function inspected({
  Id: id,
  Name: name,
  State: state,
  Config: config,
  HostConfig: host,
  RestartCount: restarts,
  NetworkSettings: network,
}: Docker.ContainerInspectInfo): InspectedContainer {
  return {
    id,
    name: nameOf(name),
    labels: config.Labels ?? {},
    state: state.Status,
    exitCode: state.ExitCode,
    outOfMemory: state.OOMKilled,
    finishedAt: timeOf(state.FinishedAt),
    startedAt: timeOf(state.StartedAt),
    restart: host.RestartPolicy?.Name || 'no',
    restarts,
    image: config.Image,
    pid: state.Pid > 0 ? state.Pid : null,
    terminal: config.Tty,
    env: config.Env ?? [],
    addresses: Object.values(network?.Networks ?? {}).flatMap(({ IPAddress: address }) => (address ? [address] : [])),
    published: new Map(Object.entries(network?.Ports ?? {}).flatMap(publishedOf)),
  };
}

/** The engine writes names as paths. */
const nameOf = (name: string | undefined): string => (name ?? '').replace(/^\//, '');

/** The engine writes the year 1 for never. */
function timeOf(text: string): number | null {
  const time = Date.parse(text);
  return time > 0 ? time : null;
}

function hostPortOf(port: { PublicPort?: number; Type: string }): HostPort[] {
  return port.PublicPort && (port.Type === 'tcp' || port.Type === 'udp') ? [{ protocol: port.Type, hostPort: port.PublicPort }] : [];
}

/** One of `NetworkSettings.Ports`: `27015/tcp`, with where it is published; null when it is not. */
function publishedOf([inside, bindings]: [string, { HostPort: string }[] | null]): [number, number][] {
  const [port, protocol] = inside.split('/');
  const hostPort = Number(bindings?.[0]?.HostPort);
  return protocol === 'tcp' && hostPort > 0 ? [[Number(port), hostPort]] : [];
}

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
