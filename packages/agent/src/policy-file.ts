// Where the host's policy is: a file that the owner of the host writes, YAML or JSON, read at the start and again whenever it
// changed. A file that cannot be used refuses the start; later on the policy before it goes on, and the log says so. One that
// is gone allows no more than it did, also after a restart.

import { Fault } from '@mainstay/core/fault';
import type { HostPolicy } from '@mainstay/wire/agents';
import type { Effect } from '@mainstay/wire/link';
import type { Logger } from 'pino';
import { parse } from 'yaml';
import { z } from 'zod';
import { BadSetting } from './config.ts';
import { messageOf, readText } from './durable.ts';
import { defaultPolicy, type Policy, policyShape, refusalOf } from './policy.ts';

export interface PolicySetting {
  readonly path: string;
  /** Whether somebody named it: then it must be there. */
  readonly named: boolean;
}

export class PolicyFile {
  readonly #path: string;
  readonly #log: Logger;
  /** What holds, and the text that it was read from; null: the default. */
  #held: { readonly policy: Policy; readonly text: string | null };
  /** What was last found; null: no file. */
  #found: string | null;
  /** Why what was last found cannot be used. */
  #broken: string | null = null;
  /** Called when another policy holds, or the file can be used no more. */
  onChange: () => Promise<void> = async () => undefined;

  /**
   * @param hadOne whether this host had one before, which is then asked for
   * @throws BadSetting when it cannot be used
   */
  static async open({ path, named }: PolicySetting, log: Logger, hadOne = false): Promise<PolicyFile> {
    try {
      const text = await readText(path);
      if (text === null && named) throw new Error('there is no such file');
      if (text === null && hadOne) {
        throw new Error('this host had one before, and none is here. Put it back; an empty file says that everything is as usual');
      }
      return new PolicyFile(path, text, text === null ? defaultPolicy : policyFrom(text), log);
    } catch (error) {
      throw new BadSetting(
        `The policy of this host in ${path} cannot be used: ${messageOf(error)}. Mend it; nothing is started without it.`,
      );
    }
  }

  private constructor(path: string, text: string | null, policy: Policy, log: Logger) {
    this.#path = path;
    this.#found = text;
    this.#held = { policy, text };
    this.#log = log;
  }

  /** Whether there is, or was since the start, a file. */
  get found(): boolean {
    return this.#held.text !== null;
  }

  /** Reads it again, if it changed. */
  async refresh(): Promise<void> {
    const path = this.#path;
    try {
      const text = await readText(path);
      if (text === this.#found) return;
      this.#found = text;
      if (text === null) throw new Error('it is gone; a restart without it would begin with the default');
      this.#held = { policy: policyFrom(text), text };
      this.#broken = null;
      this.#log.warn({ path, policy: this.#held.policy }, 'the policy of this host has changed');
    } catch (error) {
      this.#broken = messageOf(error);
      this.#log.error({ path, reason: this.#broken }, 'THE POLICY OF THIS HOST CANNOT BE USED; the one before it goes on');
    }
    void this.onChange().catch(() => undefined);
  }

  /** What holds, for people to see. */
  told(): HostPolicy {
    return { path: this.#path, own: this.#held.text !== null, broken: this.#broken?.slice(0, 2000) ?? null, ...this.#held.policy };
  }

  /** @throws Fault `refused-by-host` with the rule and the file */
  async refuse(effect: Effect): Promise<void> {
    await this.refresh();
    const refusal = refusalOf(this.#held.policy, effect);
    if (refusal === null) return;
    const { rule, detail } = refusal;
    const from = this.#held.text === null ? `the default, for there is no ${this.#path}` : this.#path;
    throw new Fault(
      'refused-by-host',
      `The host’s policy refuses ${detail} (rule “${rule}” of ${from}). Change the server, or let the host’s owner change its policy.`,
      { extra: { rule } },
    );
  }
}

/** @throws an error whose message ends a sentence */
function policyFrom(text: string): Policy {
  const parsed = policyShape.safeParse(parse(text, { maxAliasCount: 0 }) ?? {});
  if (parsed.success) return parsed.data;
  throw new Error(z.prettifyError(parsed.error).replaceAll(/\s+/g, ' '));
}
