// How often somebody may try what can be guessed: freely a few times, then after a pause that doubles each time. Counted as
// an attempt begins, so that a thousand at once are no way around it. Held in memory: a manager that starts again begins anew.

import { Fault } from '@mainstay/core/fault';
import type { Clock } from './clock.ts';

interface Rule {
  /** So many before there is a pause. */
  readonly free: number;
  /** The longest pause. For a name it is short: nobody should be able to keep its owner out. */
  readonly longestMs: number;
}

const minuteMs = 60_000;

export const rules = {
  /** Passwords and codes tried for one account, from wherever. */
  account: { free: 5, longestMs: minuteMs },
  /** The same from one address, for whatever account. */
  address: { free: 20, longestMs: 15 * minuteMs },
  /** Tokens and links from one address: nobody guesses 256 bits, so this only keeps the noise down. */
  secret: { free: 300, longestMs: 15 * minuteMs },
} as const satisfies Record<string, Rule>;

const firstPauseMs = 1_000;
/** What was tried longest ago is forgotten first. */
const kept = 10_000;
const forgottenAfterMs = 60 * minuteMs;

interface Tried {
  count: number;
  at: number;
  notBefore: number;
}

export class Attempts {
  readonly #clock: Pick<Clock, 'running'>;
  readonly #tried = new Map<string, Tried>();

  constructor(clock: Pick<Clock, 'running'>) {
    this.#clock = clock;
  }

  /**
   * Begins an attempt.
   * @returns what to call when it was a good one: it then counts as none
   * @throws Fault `rate-limited` while there is a pause; `extra.first` on the first one refused in it
   */
  begin(kind: keyof typeof rules, who: string): () => void {
    const rule = rules[kind];
    const key = `${kind} ${who}`;
    const now = this.#clock.running();
    const known = this.#tried.get(key);
    const tried = known && now - known.at < forgottenAfterMs ? known : { count: 0, at: now, notBefore: 0 };
    if (now < tried.notBefore) throw tooMany(tried.notBefore - now);
    this.#tried.delete(key);
    tried.count += 1;
    tried.at = now;
    if (tried.count > rule.free)
      tried.notBefore = now + Math.min(rule.longestMs, firstPauseMs * 2 ** Math.min(30, tried.count - rule.free - 1));
    this.#tried.set(key, tried);
    if (this.#tried.size > kept) this.#tried.delete(this.#tried.keys().next().value ?? '');
    return () => {
      // An account's own good attempt ends all that was held against it; an address may be many people's.
      if (kind === 'account') this.#tried.delete(key);
      else tried.count -= 1;
      tried.notBefore = 0;
    };
  }
}

function tooMany(ms: number): Fault {
  const seconds = Math.ceil(ms / 1000);
  return new Fault('rate-limited', `Too many attempts. Try again in ${seconds} s.`, { extra: { retryAfterSeconds: seconds } });
}
