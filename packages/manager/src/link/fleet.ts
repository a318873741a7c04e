// The fleet: the agents that are connected now, and how to ask one of them something. One live connection an agent;
// the newer one wins. Answers are validated like every other thing that crosses the link.

import { Fault } from '@mainstay/core/fault';
import type { AgentId } from '@mainstay/core/id';
import type { HostFacts } from '@mainstay/wire/agents';
import { type AgentMethod, agentMethods, type ParamsOf, type ProgressMethod, progressOf, type ResultOf } from '@mainstay/wire/link';
import { fromRpcError, progressType } from '@mainstay/wire/rpc';
import { CancellationTokenSource, type MessageConnection } from 'vscode-jsonrpc/node';
import type { z } from 'zod';

/** A proven connection. */
export interface Member {
  readonly agentId: AgentId;
  readonly connection: MessageConnection;
  /** When it was last heard, ms UTC. */
  lastHeardAt: number;
  /** How far its clock is ahead of ours, as it last told. */
  clockSkewMs: number;
  facts: HostFacts;
  close(code: number, why: string): void;
}

/** What a method tells of its progress. */
type ProgressOf<M extends AgentMethod> = M extends ProgressMethod ? z.output<(typeof progressOf)[M]> : never;

export interface AskOptions<M extends AgentMethod> {
  /** Aborted: the agent is told to end it. */
  readonly signal?: AbortSignal;
  /** Aborted: nobody waits for the answer any more, and what is being done goes on. */
  readonly leave?: AbortSignal;
  /** Give up after this; left out: as long as the connection lives. */
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: ProgressOf<M>) => void;
}

export class Fleet {
  readonly #members = new Map<AgentId, Member>();
  readonly #arrivals = new Set<(agentId: AgentId) => void>();
  #tokens = 0;

  online(agentId: AgentId): boolean {
    return this.#members.has(agentId);
  }

  members(): Iterable<Member> {
    return this.#members.values();
  }

  member(agentId: AgentId): Member | undefined {
    return this.#members.get(agentId);
  }

  /** Takes in a proven connection. @returns the one that it replaces, if any */
  add(member: Member): Member | undefined {
    const former = this.#members.get(member.agentId);
    this.#members.set(member.agentId, member);
    for (const arrived of this.#arrivals) arrived(member.agentId);
    return former;
  }

  /** Forgets a connection. @returns whether it was the live one */
  remove(member: Member): boolean {
    if (this.#members.get(member.agentId) !== member) return false;
    return this.#members.delete(member.agentId);
  }

  /** Resolves when the agent is connected, or when `signal` aborts. */
  whenOnline(agentId: AgentId, signal: AbortSignal): Promise<void> {
    if (this.online(agentId) || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.#arrivals.delete(arrived);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const arrived = (id: AgentId) => {
        if (id === agentId) done();
      };
      this.#arrivals.add(arrived);
      signal.addEventListener('abort', done);
    });
  }

  /**
   * Asks one agent.
   * @throws Fault `host-away` when it is not connected, is lost meanwhile or does not answer in time; `cancelled` on abort;
   * else the agent's own fault
   */
  async ask<M extends AgentMethod>(agentId: AgentId, method: M, params: ParamsOf<M>, options: AskOptions<M> = {}): Promise<ResultOf<M>> {
    const member = this.#members.get(agentId);
    if (!member) throw new Fault('host-away', 'The host is not connected now.');
    const { connection } = member;
    const cancellation = new CancellationTokenSource();
    const ends: (() => void)[] = [];
    try {
      const interrupted = new Promise<never>((_, reject) => {
        const interrupt = (fault: Fault) => {
          cancellation.cancel();
          reject(fault);
        };
        const { signal, leave, timeoutMs } = options;
        if (leave) {
          const abort = () => reject(new Fault('cancelled', 'Nobody waits for it any more.'));
          if (leave.aborted) abort();
          leave.addEventListener('abort', abort);
          ends.push(() => leave.removeEventListener('abort', abort));
        }
        if (signal) {
          const abort = () => interrupt(new Fault('cancelled', 'It was cancelled.'));
          if (signal.aborted) abort();
          signal.addEventListener('abort', abort);
          ends.push(() => signal.removeEventListener('abort', abort));
        }
        if (timeoutMs !== undefined) {
          const timer = setTimeout(() => interrupt(new Fault('host-away', 'The host did not answer in time.')), timeoutMs);
          ends.push(() => clearTimeout(timer));
        }
        // The library leaves requests open when a connection closes; without this they would wait for ever.
        const closing = connection.onClose(() => reject(new Fault('host-away', 'The connection to the host was lost.')));
        ends.push(() => closing.dispose());
      });
      interrupted.catch(() => undefined);
      const sent = connection.sendRequest<unknown>(method, this.#withProgress(member, method, params, options, ends), cancellation.token);
      sent.catch(() => undefined);
      const answer = agentMethods[method].result.safeParse(await Promise.race([sent, interrupted]));
      if (!answer.success)
        throw new Fault('internal', 'The host’s agent gave an answer of another shape.', { internal: answer.error.message });
      return answer.data as ResultOf<M>;
    } catch (error) {
      throw fromRpcError(error);
    } finally {
      for (const end of ends) end();
      cancellation.dispose();
    }
  }

  /** The params with a token by which progress comes back; a message of another shape is dropped. */
  #withProgress<M extends AgentMethod>(
    member: Member,
    method: M,
    params: ParamsOf<M>,
    options: AskOptions<M>,
    ends: (() => void)[],
  ): unknown {
    const { onProgress } = options;
    if (!(method in progressOf) || !onProgress) return params;
    const schema = progressOf[method as ProgressMethod];
    this.#tokens += 1;
    const progressToken = String(this.#tokens);
    const listening = member.connection.onProgress(progressType, progressToken, (said) => {
      const parsed = schema.safeParse(said);
      if (parsed.success) onProgress(parsed.data as ProgressOf<M>);
    });
    ends.push(() => listening.dispose());
    return { ...params, progressToken };
  }
}
