// What somebody does behind Mainstay's back, straight at the engine: `docker rm -f`, `docker stop` and their like. Each
// answers with the moment at which the engine said that it was done.

import Docker from 'dockerode';

export interface Outside {
  readonly docker: Docker;
  /** `docker rm -f` */
  remove(container: string): Promise<number>;
  /** `docker stop` */
  stop(container: string): Promise<number>;
  start(container: string): Promise<number>;
  /** `docker kill` */
  kill(container: string, signal?: string): Promise<number>;
  rename(container: string, name: string): Promise<number>;
  inspect(container: string): Promise<Docker.ContainerInspectInfo>;
  /** Every container that carries a server's label, whatever its name and state. */
  containersOf(serverId: string): Promise<Docker.ContainerInfo[]>;
  /** Every container of an installation. */
  containersOfInstallation(installationId: string): Promise<Docker.ContainerInfo[]>;
}

/** @param dockerHost the engine; left out: this machine's */
export function createOutside(dockerHost?: string): Outside {
  const docker = new Docker(dockerHost === undefined ? undefined : { socketPath: dockerHost.replace(/^unix:\/\//, '') });
  const timed = async (work: Promise<unknown>): Promise<number> => {
    await work;
    return performance.now();
  };
  const labelled = (label: string) => docker.listContainers({ all: true, filters: { label: [label] } });
  return {
    docker,
    remove: (container) => timed(docker.getContainer(container).remove({ force: true, v: true })),
    stop: (container) => timed(docker.getContainer(container).stop()),
    start: (container) => timed(docker.getContainer(container).start()),
    kill: (container, signal = 'SIGKILL') => timed(docker.getContainer(container).kill({ signal })),
    rename: (container, name) => timed(docker.getContainer(container).rename({ name })),
    inspect: (container) => docker.getContainer(container).inspect(),
    containersOf: (serverId) => labelled(`mainstay.server=${serverId}`),
    containersOfInstallation: (installationId) => labelled(`mainstay.installation=${installationId}`),
  };
}
