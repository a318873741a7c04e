// Where players reach a server: its host's name and its host ports, consecutive ones told as a range.

import type { Protocol } from '@mainstay/core/server';
import type { Server } from '@mainstay/wire/servers';

export interface Address {
  /** `basement:2456–2457/udp` */
  readonly shown: string;
  /** What goes into a game's address field: `basement:2456`. */
  readonly copied: string;
  readonly names: readonly string[];
}

interface Run {
  readonly protocol: Protocol;
  readonly from: number;
  readonly to: number;
  readonly names: readonly string[];
}

export function addressesOf({ host, ports }: Pick<Server, 'host' | 'ports'>): Address[] {
  const runs: Run[] = [];
  for (const { protocol, hostPort, name } of ports) {
    const last = runs.at(-1);
    if (last && last.protocol === protocol && last.to + 1 === hostPort) {
      runs[runs.length - 1] = { ...last, to: hostPort, names: [...last.names, name] };
    } else runs.push({ protocol, from: hostPort, to: hostPort, names: [name] });
  }
  return runs.map(({ protocol, from, to, names }) => ({
    shown: `${host.name}:${from === to ? from : `${from}–${to}`}/${protocol}`,
    copied: `${host.name}:${from}`,
    names,
  }));
}
