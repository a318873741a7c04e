// One HTTP request to an address that somebody else named: to a checked address, within a time, with an answer of
// which only the beginning is read. Redirects are answers, not followed: the next hop would be somebody else's choice.

import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { addressesWithin, lookupOf, type Resolve } from './guard.ts';

export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the owner allows private networks for this one. */
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
  readonly resolve?: Resolve | undefined;
}

export interface Answered {
  readonly status: number;
  /** The beginning of the answer's text. */
  readonly text: string;
  /** What Retry-After asks for, in ms; null: nothing. */
  readonly retryAfterMs: number | null;
}

/** From the name's resolution to the answer's end. Longer than a service needs, shorter than anybody wants to wait for a test. */
export const answerWithinMs = 10_000;
/** What services say of a failure fits many times. */
const readMost = 16 * 1024;

/**
 * Sends a POST.
 * @throws Fault `forbidden-address`; `TimeoutError` after `answerWithinMs`; Node's own error when there was no answer
 */
export async function post({ url, headers, body, allowPrivate, signal, resolve }: Outgoing, now: () => number): Promise<Answered> {
  const target = new URL(url);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]);
  const addresses = await addressesWithin(limit, target.hostname.replace(/^\[|\]$/g, ''), allowPrivate, resolve);
  const send = target.protocol === 'https:' ? secure : plain;
  return new Promise((done, failed) => {
    let finish: (() => void) | null = null;
    const sent = send(target, {
      method: 'POST',
      // No connection is kept: the next message may be hours away, and its address is checked anew.
      agent: false,
      lookup: lookupOf(addresses),
      signal: limit,
      headers: { 'user-agent': 'Mainstay', accept: 'application/json, text/plain', ...headers, 'content-length': Buffer.byteLength(body) },
    });
    // Once the status is there, a body that breaks off takes nothing from it.
    sent.on('error', (error) => (finish === null ? failed(limit.aborted ? limit.reason : error) : finish()));
    sent.on('response', (response) => {
      let text = '';
      finish = () => {
        done({ status: response.statusCode ?? 0, text, retryAfterMs: retryAfter(response.headers['retry-after'], now()) });
        sent.destroy();
      };
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text = (text + piece).slice(0, readMost);
        if (text.length === readMost) finish?.();
      });
      response.on('end', finish);
      response.on('error', finish);
    });
    sent.end(body);
  });
}

/** RFC 9110's Retry-After: seconds, or a date. */
function retryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = header.endsWith('GMT') ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
