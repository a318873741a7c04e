// What the Docker engine's errors mean: an answer with a status is a refusal in the engine's own words, everything
// else is an engine that could not be reached.

import { Fault, type FaultCode } from '@mainstay/core/fault';
import { messageOf } from './durable.ts';

/** The HTTP status of the engine's answer; undefined when it gave none. */
export function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** The engine's own words, without what the client library puts around them. */
export function wordsOf(error: unknown): string {
  const json = error instanceof Error && 'json' in error ? error.json : undefined;
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string') return json.message.trim();
  return messageOf(error)
    .replace(/^\(HTTP code \d+\) [^-]* - /, '')
    .trim();
}

/** @param code what it means when the engine did answer */
export function engineFault(error: unknown, code: FaultCode = 'engine-failed'): Fault {
  if (error instanceof Fault) return error;
  if (statusOf(error) !== undefined) return new Fault(code, `The engine says: ${wordsOf(error)}`, { cause: error });
  const late = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  return new Fault(
    'engine-unreachable',
    late ? 'The Docker engine did not answer in time.' : `The Docker engine cannot be reached: ${messageOf(error)}`,
    {
      cause: error,
    },
  );
}

export function imageFault(reference: string, words: string): Fault {
  return new Fault(
    'image-unavailable',
    `Image ${reference} is not on the host and could not be pulled: ${words.replace(/\.?\s*$/, '.')} ${whatHelps(words)}, or load it into the host’s engine first.`,
  );
}

/** A registry that was not reached has said nothing of the image. */
function whatHelps(words: string): string {
  const unreached =
    /no such host|connection refused|timeout|deadline exceeded|network is unreachable|no route to host|lookup .* on|TLS handshake/i;
  return unreached.test(words)
    ? 'The registry was not reached: check the host’s network and the registry’s name'
    : 'Check its name and tag';
}

/** Why a container did not start. */
export function startFault(error: unknown): Fault {
  const status = statusOf(error);
  const words = wordsOf(error);
  if (status === undefined) return engineFault(error);
  if (status === 404 && /no such container/i.test(words)) return new Fault('container-gone', 'The container is gone.', { cause: error });
  if (/port is already allocated|address already in use/i.test(words)) {
    const port = /:(\d{1,5})(?:: bind| failed|\b.*(?:already))/.exec(words)?.[1];
    return new Fault('port-taken', `${port ? `Host port ${port}` : 'A host port'} is taken. The engine says: ${words}`, {
      cause: error,
      ...(port ? { extra: { port: Number(port) } } : {}),
    });
  }
  return new Fault('container-failed', `The engine says: ${words}`, { cause: error });
}
