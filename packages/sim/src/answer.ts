// Requests over one connection: each is checked against its schema, answered with its result or its fault, and ended
// early by its cancellation. They run side by side.

import { Fault } from '@mainstay/core/fault';
import { type AgentMethod, agentMethods } from '@mainstay/wire/link';
import { invalid } from '@mainstay/wire/problem';
import { progressType, toRpcError } from '@mainstay/wire/rpc';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import type { Ends, Knobs } from './knobs.ts';
import type { Asked, Handlers } from './methods.ts';

export interface Answering {
  readonly handlers: Handlers;
  readonly knobs: Knobs;
  /** `signal`: the agent stops; `lost`: the connection went. */
  readonly ends: Ends;
}

export function answerRequests(connection: MessageConnection, answering: Answering): void {
  for (const method of Object.keys(agentMethods) as AgentMethod[]) {
    connection.onRequest(method, (params: unknown, token: CancellationToken) =>
      answer(connection, answering, method, params, token).catch((error: unknown) => {
        // A bug of the simulation must not pass for a host's fault.
        if (!(error instanceof Fault))
          queueMicrotask(() => {
            throw error;
          });
        throw toRpcError(answering.ends.signal.aborted ? new Fault('shutting-down', 'The host’s agent is stopping.') : error);
      }),
    );
  }
}

async function answer(
  connection: MessageConnection,
  { handlers, knobs, ends }: Answering,
  method: AgentMethod,
  params: unknown,
  token: CancellationToken,
): Promise<unknown> {
  const parsed = agentMethods[method].params.safeParse(params);
  if (!parsed.success) throw invalid(parsed.error, method);
  const cancelled = new AbortController();
  const cancelling = token.onCancellationRequested(() => cancelled.abort());
  const progressToken = 'progressToken' in parsed.data ? parsed.data.progressToken : null;
  const report: Asked['report'] = (progress) => {
    if (!progressToken || ends.lost.aborted) return;
    connection.sendProgress(progressType, progressToken, progress).catch(() => undefined);
  };
  try {
    const handle = handlers[method] as (params: unknown, asked: Asked) => unknown;
    const asked = { signal: AbortSignal.any([cancelled.signal, ends.signal]), lost: ends.lost, report };
    return await knobs.call(method, asked, () => handle(parsed.data, asked));
  } finally {
    cancelling.dispose();
  }
}
