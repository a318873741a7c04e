// How often somebody may try what can be guessed: freely a few times, then after a pause that doubles each time. Counted as
// an attempt begins, so that a thousand at once are no way around it. Held in memory: a manager that starts again begins anew.

import { isIPv6 } from 'node:net';
import { Fault } from '@mainstay/core/fault';
import type { Clock } from './clock.ts';

interface Rule {
  /** So many before there is a pause. */
  readonly free: number;
  /** The longest pause. For a name it is short: nobody should be able to keep its owner out. */
  readonly longestMs: number;
  /** One attempt is forgiven each time so long has passed; left out: all at once, after an hour without any. */
  readonly forgiveMs?: number;
}

const minuteMs = 60_000;

export const rules = {
  /** Passwords tried for one name, from wherever. */
  account: { free: 5, longestMs: minuteMs },
  /** The same from browsers that its owner has signed in with. */
  known: { free: 5, longestMs: minuteMs },
  /** Codes of a second step: whoever tries them has the password. */
  code: { free: 5, longestMs: 15 * minuteMs },
  /** The same from one address, for whatever account. */
  address: { free: 20, longestMs: 15 * minuteMs },
  /** Tokens and links from one address: nobody guesses 256 bits, so this only keeps the noise down. */
  secret: { free: 300, longestMs: 15 * minuteMs, forgiveMs: 12_000 },
  /** What costs a row and proves nothing: a passkey's challenge, a way to the identity provider. */
  ask: { free: 300, longestMs: minuteMs, forgiveMs: 12_000 },
} as const satisfies Record<string, Rule>;

const firstPauseMs = 1_000;
/** So many of a kind; what was tried longest ago is forgotten first, and what is in a pause last. */
const kept = 10_000;
const lookedAt = 100;
const forgottenAfterMs = 60 * minuteMs;

interface Tried {
  count: number;
  at: number;
  notBefore: number;
}

export class Attempts {
  readonly #clock: Pick<Clock, 'running'>;
  readonly #tried = new Map<keyof typeof rules, Map<string, Tried>>();

  constructor(clock: Pick<Clock, 'running'>) {
    this.#clock = clock;
  }

  /**
   * Begins an attempt.
   * @param who an account or its name; an address, of which a network of IPv6 counts as one
   * @returns what to call when it was a good one: it then counts as none
   * @throws Fault `rate-limited` while there is a pause
   */
  begin(kind: keyof typeof rules, who: string): () => void {
    const rule: Rule = rules[kind];
    const key = networkOf(who);
    const now = this.#clock.running();
    const ofKind = this.#tried.get(kind) ?? new Map<string, Tried>();
    this.#tried.set(kind, ofKind);
    const known = ofKind.get(key);
    const tried = known && now - known.at < forgottenAfterMs ? known : { count: 0, at: now, notBefore: 0 };
    if (now < tried.notBefore) throw tooMany(tried.notBefore - now);
    ofKind.delete(key);
    if (rule.forgiveMs !== undefined) tried.count = Math.max(0, tried.count - Math.floor((now - tried.at) / rule.forgiveMs));
    tried.count += 1;
    tried.at = now;
    if (tried.count > rule.free)
      tried.notBefore = now + Math.min(rule.longestMs, firstPauseMs * 2 ** Math.min(30, tried.count - rule.free - 1));
    ofKind.set(key, tried);
    if (ofKind.size > kept) forgetOne(ofKind, now);
    return () => {
      // One's own good attempt ends all that was held against one; an address may be many people's.
      if (kind === 'address' || kind === 'secret') tried.count -= 1;
      else ofKind.delete(key);
      tried.notBefore = 0;
    };
  }
}

function forgetOne(tried: Map<string, Tried>, now: number): void {
  let [oldest, looked] = ['', 0];
  for (const [key, { notBefore }] of tried) {
    if (looked === 0) oldest = key;
    if (notBefore <= now) return void tried.delete(key);
    looked += 1;
    if (looked === lookedAt) break;
  }
  tried.delete(oldest);
}

/** Whoever has one IPv6 address has all of its network (/64). */
function networkOf(who: string): string {
  if (!isIPv6(who)) return who;
  const [head = '', tail = ''] = who.split('::');
  const before = head.split(':').filter((part) => part !== '');
  const after = tail.split(':').filter((part) => part !== '');
  const missing = who.includes('::') ? Math.max(0, 8 - before.length - after.length) : 0;
  const parts = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  return `${parts
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')}::/64`;
}

function tooMany(ms: number): Fault {
  const seconds = Math.ceil(ms / 1000);
  return new Fault('rate-limited', `Too many attempts. Try again in ${seconds} s.`, { extra: { retryAfterSeconds: seconds } });
}
