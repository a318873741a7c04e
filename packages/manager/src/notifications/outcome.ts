// What came of an attempt to send, and what that means: whether it is tried again, and whether the whole channel had
// better rest. Words for people, without anything secret in them.

import { Fault } from '@mainstay/core/fault';
import type { Answered } from '../outgoing/post.ts';

export interface Outcome {
  /** `later`: it is tried again; `never`: it would be refused again. */
  readonly kind: 'delivered' | 'later' | 'never';
  readonly detail: string;
  readonly responseCode: number | null;
  /** The other end is down or has enough: nothing else is sent there meanwhile either. */
  readonly down: boolean;
  readonly retryAfterMs: number | null;
}

const base = { responseCode: null, down: false, retryAfterMs: null } as const;

export const never = (detail: string, more: Partial<Outcome> = {}): Outcome => ({ ...base, kind: 'never', detail, ...more });
export const later = (detail: string, more: Partial<Outcome> = {}): Outcome => ({ ...base, kind: 'later', detail, ...more });
export const delivered = (detail: string, responseCode: number | null): Outcome => ({ ...base, kind: 'delivered', detail, responseCode });

/** Answers in 4xx that say “not now” rather than “not this”. */
const passing: ReadonlySet<number> = new Set([408, 409, 421, 423, 425, 429]);
/** Answers that are about the other end as a whole. */
const isDown: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** What a service says of a failure is kept this far. */
const said = 200;

/**
 * What an HTTP answer means.
 * @param words what the service says of a failure in its own words, found in the answer's text
 */
export function outcomeOf({ status, text, retryAfterMs }: Answered, words: (text: string) => string | null = () => null): Outcome {
  if (status >= 200 && status < 300) return delivered(`Answered ${status}.`, status);
  const own = words(text)?.replaceAll(/\s+/g, ' ').trim().slice(0, said);
  const detail = own ? `Answered ${status}: ${own}` : `Answered ${status}.`;
  const more = { responseCode: status, down: isDown.has(status), retryAfterMs };
  if (status >= 300 && status < 400)
    return never(`Answered ${status}: it leads elsewhere, and redirects are not followed. Give the address that it leads to.`, more);
  return status >= 500 || passing.has(status) ? later(detail, more) : never(detail, more);
}

/** A text out of a JSON answer: the first of these fields that has one. */
export function field(...names: readonly string[]): (text: string) => string | null {
  return (text) => {
    try {
      const answer: unknown = JSON.parse(text);
      if (typeof answer !== 'object' || answer === null) return null;
      const found = names.map((name) => (answer as Record<string, unknown>)[name]).find((value) => typeof value === 'string');
      return typeof found === 'string' ? found : null;
    } catch {
      return null;
    }
  };
}

const causes: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up now',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EHOSTUNREACH: 'there is no way there',
  ENETUNREACH: 'there is no way there',
  ETIMEDOUT: 'it did not answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody who is trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody who is trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody who is trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by nobody who is trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** What it means that there was no answer at all. */
export function outcomeOfError(error: unknown): Outcome {
  if (error instanceof Fault) return never(error.detail);
  const { name, code } = error as { name?: string; code?: string };
  if (name === 'TimeoutError') return later('It did not answer in time.', { down: true });
  if (name === 'AbortError') return later('The manager stopped meanwhile.');
  const cause =
    causes[code ?? ''] ??
    (code?.startsWith('ERR_SSL') || code === 'EPROTO' ? 'it does not speak TLS there' : `it failed (${code ?? 'no reason given'})`);
  return later(`Not reached: ${cause}.`, { down: true });
}
