// How an action reaches the manager: one request a kind of operation, and what the page does with the answer. A button
// shows pending from the press until the manager's own operation says more.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import type { OperationKind } from '@mainstay/core/lifecycle';
import { contract } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import { call } from '../api.ts';
import { text } from '../messages.ts';

/** What an action may be told beyond its server. */
export interface ActOptions {
  readonly allowEmptyData?: boolean;
  readonly purge?: { readonly removeData: boolean; readonly confirmName: string };
}

/** The operations that are asked of a server that exists. */
export type ServerOperation = Exclude<OperationKind, 'create'>;

const requests = {
  start: (serverId, { allowEmptyData = false }) => call(contract.startServer, { params: { serverId }, body: { allowEmptyData } }),
  stop: (serverId) => call(contract.stopServer, { params: { serverId } }),
  restart: (serverId) => call(contract.restartServer, { params: { serverId } }),
  rebuild: (serverId) => call(contract.rebuildServer, { params: { serverId } }),
  delete: (serverId) => call(contract.deleteServer, { params: { serverId } }),
  restore: (serverId) => call(contract.restoreServer, { params: { serverId } }),
  purge: (serverId, { purge }) =>
    call(contract.purgeServer, { params: { serverId }, body: purge ?? { removeData: false, confirmName: '' } }),
} as const satisfies Record<ServerOperation, (serverId: ServerId, options: ActOptions) => Promise<Operation>>;

export function request(kind: ServerOperation, serverId: ServerId, options: ActOptions = {}): Promise<Operation> {
  return requests[kind](serverId, options);
}

/** What went wrong, for a person: the manager's own words, or that it was not reached. */
export function detailOf(error: unknown): string {
  return error instanceof Fault ? text.fault(error.code, error.detail) : text.unreachable;
}

/** Why an operation ended badly; null: it did not. */
export function errorText({ error }: Pick<Operation, 'error'>): string | null {
  return error === null ? null : text.fault(error.code, error.detail);
}
