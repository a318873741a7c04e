// `fetch` for a library that is told addresses by somebody else: to what its owner named as it is, and to whatever that names in turn
// only where it is public, looked up once, over TLS. Redirects are answers, not followed.

import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import type { Readable } from 'node:stream';
import { Fault } from '@mainstay/core/fault';
import { addressesWithin, lookupOf, type Resolve } from './guard.ts';

/** Answers of a sign-on fit many times. */
const readMost = 1024 * 1024;
const answerWithinMs = 10_000;

/** What of a request is passed on. */
export interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ConstructorParameters<typeof Response>[0];
  readonly signal?: AbortSignal | undefined;
}

/** @param named the address that the owner named: whatever is at its host and port may be asked, wherever that is */
export function guardedFetch(named: URL, resolve?: Resolve): (url: string, sent: Sent) => Promise<Response> {
  return async (url, { method, headers, body, signal }) => {
    const target = new URL(url);
    const own = target.origin === named.origin;
    if (!own && target.protocol !== 'https:') throw new Fault('forbidden-address', `${target.origin} is not asked without TLS.`);
    const within = AbortSignal.timeout(answerWithinMs);
    const limit = signal ? AbortSignal.any([signal, within]) : within;
    const host = target.hostname.replace(/^\[|\]$/g, '');
    // The owner's own may be anywhere; else the connection is made to what was checked.
    const lookup = own ? {} : { lookup: lookupOf(await addressesWithin(limit, host, false, resolve)) };
    const content = body ? Buffer.from(await new Response(body).arrayBuffer()) : undefined;
    const send = target.protocol === 'https:' ? secure : plain;
    return new Promise((done, failed) => {
      const request = send(target, { method, headers, agent: false, signal: limit, ...lookup });
      request.on('error', failed);
      request.on('response', (response) => {
        const kept = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        const status = response.statusCode ?? 500;
        readAll(response).then((text) => done(new Response(bodyless.has(status) ? null : text, { status, headers: kept })), failed);
      });
      request.end(content);
    });
  };
}

/** A `Response` of these has none. */
const bodyless: ReadonlySet<number> = new Set([204, 205, 304]);

async function readAll(answer: Readable): Promise<string> {
  let text = '';
  for await (const piece of answer.setEncoding('utf8')) {
    text += piece;
    if (text.length > readMost) throw new Error('the answer is longer than any that is expected');
  }
  return text;
}
