// How an action reaches the manager: one request a kind of operation, and what the page does with the answer. A button
// shows pending from the press until the manager's own operation says more.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import type { OperationKind } from '@mainstay/core/lifecycle';
import type { CallOptions } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import { call } from '../api.ts';
import { text } from '../messages.ts';
import { patiently } from '../patiently.ts';
import type { CloneBody } from './clone-draft.ts';
import type { CreateBody } from './draft.ts';
import type { FromTemplateBody } from './template-draft.ts';

/** What an action may be told beyond its server. */
export interface ActOptions {
  readonly allowEmptyData?: boolean;
  readonly reinstall?: boolean;
  readonly purge?: { readonly removeData: boolean; readonly archive?: boolean; readonly confirmName: string };
}

/** The operations that are asked of a server that exists. */
export type ServerOperation = Exclude<OperationKind, 'create'>;

/**
 * Asks until there is an answer. A request that a browser dropped may have been taken: its key keeps the manager from taking it twice.
 */
export function askSurely<T>(ask: (options: { idempotencyKey: string }) => Promise<T>): Promise<T> {
  const idempotencyKey = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return patiently(() => ask({ idempotencyKey }));
}

const requests = {
  start: (serverId, { allowEmptyData = false }, options) =>
    call(contract.startServer, { params: { serverId }, body: { allowEmptyData } }, options),
  stop: (serverId, _, options) => call(contract.stopServer, { params: { serverId } }, options),
  restart: (serverId, _, options) => call(contract.restartServer, { params: { serverId } }, options),
  rebuild: (serverId, { reinstall = false }, options) =>
    call(contract.rebuildServer, { params: { serverId }, body: { reinstall } }, options),
  delete: (serverId, _, options) => call(contract.deleteServer, { params: { serverId } }, options),
  restore: (serverId, _, options) => call(contract.restoreServer, { params: { serverId } }, options),
  purge: (serverId, { purge }, options) =>
    call(contract.purgeServer, { params: { serverId }, body: purge ?? { removeData: false, confirmName: '' } }, options),
} as const satisfies Record<ServerOperation, (serverId: ServerId, wish: ActOptions, options: CallOptions) => Promise<Operation>>;

export function request(kind: ServerOperation, serverId: ServerId, wish: ActOptions = {}): Promise<Operation> {
  return askSurely((options) => requests[kind](serverId, wish, options));
}

/** Asks for a server made from a template. */
export function requestFromTemplate(templateId: string, body: FromTemplateBody): Promise<Operation> {
  return askSurely((options) => call(contract.createFromTemplate, { params: { templateId }, body }, options));
}

/** Asks for a clone. */
export function requestClone(serverId: ServerId, body: CloneBody): Promise<Operation> {
  return askSurely((options) => call(contract.cloneServer, { params: { serverId }, body }, options));
}

/** Asks for a new server. */
export function requestServer(body: CreateBody): Promise<Operation> {
  return askSurely((options) => call(contract.createServer, { body }, options));
}

/** What went wrong, for a person: the manager's own words, or that it was not reached. */
export function detailOf(error: unknown): string {
  return error instanceof Fault ? text.fault(error.code, error.detail) : text.unreachable;
}

/** The same of what may have gone well; null: it did. */
export function alertOf(error: unknown): string | null {
  return error ? detailOf(error) : null;
}

/** Why an operation ended badly; null: it did not. */
export function errorText({ error }: Pick<Operation, 'error'>): string | null {
  return error === null ? null : text.fault(error.code, error.detail);
}
