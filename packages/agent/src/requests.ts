// Requests over one connection: each is checked against its schema, given a signal that its cancellation aborts, and
// answered with its result or its fault. They run side by side.

import { Fault } from '@mainstay/core/fault';
import { type AgentMethod, agentMethods } from '@mainstay/wire/link';
import { invalid } from '@mainstay/wire/problem';
import { progressType, toRpcError } from '@mainstay/wire/rpc';
import type { Logger } from 'pino';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import { diskFault } from './disk-faults.ts';
import type { Asked, Handlers } from './serve.ts';

/** @param stopping aborts what is under way when the agent stops */
export function answerRequests(connection: MessageConnection, handlers: Handlers, log: Logger, stopping: AbortSignal): void {
  for (const method of Object.keys(agentMethods) as AgentMethod[]) {
    connection.onRequest(method, (params: unknown, token: CancellationToken) =>
      answer(connection, handlers, method, params, token, stopping).catch((thrown: unknown) => {
        const error = diskFault(thrown) ?? thrown;
        if (!(error instanceof Fault) || error.code === 'internal') log.error({ error, method }, 'a request failed');
        else log.info({ method, code: error.code, detail: error.detail }, 'a request was refused');
        // What the agent's own stop cut short is nobody's cancellation: the manager asks again when an agent is back.
        throw toRpcError(stopping.aborted ? new Fault('shutting-down', 'The host’s agent is stopping.') : error);
      }),
    );
  }
}

async function answer(
  connection: MessageConnection,
  handlers: Handlers,
  method: AgentMethod,
  params: unknown,
  token: CancellationToken,
  stopping: AbortSignal,
): Promise<unknown> {
  const parsed = agentMethods[method].params.safeParse(params);
  if (!parsed.success) throw invalid(parsed.error, method);
  const controller = new AbortController();
  const cancelling = token.onCancellationRequested(() => controller.abort());
  const stop = () => controller.abort(new Fault('shutting-down', 'The host’s agent is stopping.'));
  stopping.addEventListener('abort', stop);
  const progressToken = 'progressToken' in parsed.data ? parsed.data.progressToken : null;
  const report: Asked['report'] = (progress) => {
    if (!progressToken) return;
    // Within a promise, for it throws at once when the link is gone: what is being done goes on without a listener.
    Promise.resolve()
      .then(() => connection.sendProgress(progressType, progressToken, progress))
      .catch(() => undefined);
  };
  try {
    const handle = handlers[method] as (params: unknown, asked: Asked) => Promise<unknown>;
    return await handle(parsed.data, { signal: controller.signal, report });
  } finally {
    cancelling.dispose();
    stopping.removeEventListener('abort', stop);
  }
}
