// The engine port with Docker's API behind it (Podman's is the same where it is used), by dockerode. It says what an
// answer of the engine's means in our words, and decides nothing.

import type { Readable } from 'node:stream';
import Docker from 'dockerode';
import type { EngineAddress } from './config.ts';
import { looked, lookMs, within } from './docker-calls.ts';
import { dockerConsole } from './docker-console.ts';
import { dockerContainers, filtersOf } from './docker-containers.ts';
import { eachEvent } from './docker-events.ts';
import { dockerImages } from './docker-images.ts';
import type { Engine } from './engine.ts';
import { engineFault, statusOf } from './engine-faults.ts';

export function createDockerEngine({ socket, local }: EngineAddress): Engine {
  const docker = new Docker(socket === null ? undefined : { socketPath: socket });
  const containers = dockerContainers(docker);
  return {
    local,
    ...containers,
    ...dockerConsole(docker, containers.inspect),
    ...dockerImages(docker),

    async facts() {
      const [info, storage] = await Promise.all([looked((): Promise<DockerInfo> => docker.info()), storageOf(docker)]);
      return {
        id: storage === null ? engineIdOf(info) : `${engineIdOf(info)}/${storage}`,
        version: info.ServerVersion,
        storageDriver: info.Driver,
        cgroupVersion: info.CgroupVersion ?? '1',
        cpus: info.NCPU,
        memoryBytes: info.MemTotal,
      };
    },

    async events(labels, after, opened, each, signal) {
      const filters = { type: ['container'], ...filtersOf(labels) };
      const options = { filters, ...(after === null ? {} : { since: after }), abortSignal: signal };
      try {
        // dockerode's types know neither a `since` with a fraction nor the signal.
        const stream = (await docker.getEvents(options as unknown as Docker.GetEventsOptions)) as Readable;
        opened();
        await eachEvent(stream, signal, each);
      } catch (error) {
        if (!signal.aborted) throw engineFault(error);
      }
    },
  };
}

/** Podman makes up another ID at every call: there, the host and the place of its storage say which engine it is. */
export function engineIdOf(info: Pick<DockerInfo, 'ID' | 'BuildahVersion' | 'Name' | 'DockerRootDir'>): string {
  return info.BuildahVersion === undefined ? info.ID : `podman:${info.Name}:${info.DockerRootDir}`;
}

/**
 * What an engine's storage is known by: the network `none`, which is made once with it and cannot be removed. Until version 24 the
 * engine's own id is kept elsewhere, so that one whose disk is not mounted answers by the same and has no container.
 * @returns null when it has no such network, as with Podman
 */
async function storageOf(docker: Docker): Promise<string | null> {
  try {
    const none = await within(lookMs, (): Promise<{ Id: string }> => docker.getNetwork('none').inspect());
    return none.Id.slice(0, 12);
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw engineFault(error);
  }
}

/** What is used of the engine's `info`. */
interface DockerInfo {
  readonly ID: string;
  readonly Name: string;
  readonly DockerRootDir: string;
  /** Podman's alone. */
  readonly BuildahVersion?: string;
  readonly ServerVersion: string;
  readonly Driver: string;
  /** Since 20.10. */
  readonly CgroupVersion?: string;
  readonly NCPU: number;
  readonly MemTotal: number;
}
