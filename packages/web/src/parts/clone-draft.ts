// What is typed and chosen for a clone, and the request that it becomes: checked by the API's own schema.

import type { Protocol } from '@mainstay/core/server';
import { type CloneServerInput, cloneServer, type Server } from '@mainstay/wire/servers';
import { type PortRow, rowKey } from './draft.ts';
import { type Checked, errorsOfParsed, numberIn } from './field-errors.ts';

export interface CloneDraft {
  readonly name: string;
  readonly agentId: string;
  readonly data: CloneServerInput['data'];
  readonly source: 'stop' | 'live';
  readonly ports: readonly PortRow[];
  /** The secrets that are made anew. */
  readonly newSecrets: readonly string[];
  readonly start: boolean;
}

export function beginClone({ ports, dataExists }: Server, agentId: string): CloneDraft {
  return {
    name: '',
    agentId,
    data: dataExists === 'no' ? 'none' : 'copy',
    source: 'stop',
    ports: ports.map(({ name, protocol, containerPort }) => ({
      key: rowKey(),
      name,
      protocol,
      containerPort: String(containerPort),
      hostPort: '',
    })),
    newSecrets: [],
    start: true,
  };
}

/** The names of a server's secrets. */
export const secretsOf = ({ env }: Pick<Server, 'env'>): string[] => Object.keys(env).filter((name) => env[name] === null);

export type CloneBody = CloneServerInput;

export function checkClone(draft: CloneDraft): Checked<CloneBody> {
  const body = {
    ...draft,
    name: draft.name.trim(),
    newSecrets: [...draft.newSecrets],
    ports: draft.ports.map(wantedPort),
  };
  const parsed = cloneServer.safeParse(body);
  return parsed.success ? { kind: 'right', body: body as CloneBody } : { kind: 'wrong', errors: errorsOfParsed(parsed) };
}

function wantedPort({ name, protocol, containerPort, hostPort }: PortRow): {
  name: string;
  protocol: Protocol;
  containerPort: unknown;
  hostPort?: unknown;
} {
  const wanted = numberIn(hostPort);
  return { name, protocol, containerPort: Number(containerPort), ...(wanted === undefined ? {} : { hostPort: wanted }) };
}
