// The typed client, read off the contract: one function for every route. Problems come back as `Fault`s.

import { Fault } from '@mainstay/core/fault';
import type { AnswerOf, RequestOf, Route } from './contract.ts';
import { fromProblem } from './problem.ts';

export interface ClientOptions {
  /** Where the manager is, `http://127.0.0.1:8080`; empty in a page that the manager served. */
  readonly baseUrl: string;
  /** A bearer token; left out in a page, which has its cookie. */
  readonly token?: string;
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  /** `Prefer: wait=N`: wait up to N seconds for the operation's end. */
  readonly waitSeconds?: number;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** Calls one route of the contract. */
export type Call = <R extends Route>(route: R, request: RequestOf<R>, options?: CallOptions) => Promise<AnswerOf<R>>;

/**
 * Makes the client.
 * @throws (each call) Fault with the manager's code; `host-away`-like codes come from the manager, a manager that cannot be
 * reached at all is a `TypeError` of fetch, as it comes
 */
export function createClient(options: ClientOptions): Call {
  const send = options.fetch ?? fetch;
  return async (route, request, callOptions = {}) => {
    const parts = request as { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown };
    const headers: Record<string, string> = { accept: 'application/json' };
    if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
    if (parts.body !== undefined) headers['content-type'] = 'application/json';
    if (callOptions.waitSeconds !== undefined) headers['prefer'] = `wait=${callOptions.waitSeconds}`;
    if (callOptions.idempotencyKey !== undefined) headers['idempotency-key'] = callOptions.idempotencyKey;
    const response = await send(options.baseUrl + pathOf(route, parts.params ?? {}) + queryOf(parts.query ?? {}), {
      method: route.method,
      headers,
      ...(parts.body === undefined ? {} : { body: JSON.stringify(parts.body) }),
      ...(callOptions.signal ? { signal: callOptions.signal } : {}),
    });
    if (!response.ok) throw fromProblem(await response.json().catch(() => null), response.status);
    if (response.status === 204 || route.answer === undefined) return undefined as never;
    const parsed = route.answer.safeParse(await response.json());
    if (!parsed.success)
      throw new Fault('internal', 'The manager’s answer has another shape than this client knows.', { cause: parsed.error });
    return parsed.data as never;
  };
}

/** A route's path with its parameters filled in. */
export function pathOf(route: Route, params: Record<string, string>): string {
  return route.path.replace(/:([A-Za-z]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

function queryOf(query: Record<string, unknown>): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries.map(([key, value]): [string, string] => [key, String(value)]))}`;
}
