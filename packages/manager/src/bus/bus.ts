// The bus: how the parts of a manager (later: the managers of one installation) wake each other. A wake carries no
// truth, only where to look; whoever misses one finds out at its next round.

import type { AgentId, BulkId, OperationId, ServerId } from '@mainstay/core/id';

export type Wake =
  /** Events were appended to the store. */
  | { readonly topic: 'events' }
  /** An operation has ended. */
  | { readonly topic: 'ended'; readonly operationId: OperationId }
  /** An operation's progress changed. */
  | { readonly topic: 'progress'; readonly operationId: string }
  /** What is shown of these changed, with no event that would tell of it: a size, a stray, a host’s disk. */
  | { readonly topic: 'shown'; readonly servers?: readonly ServerId[]; readonly agents?: readonly AgentId[] }
  /** There may be bulks to carry on. */
  | { readonly topic: 'bulks' }
  /** What came of these servers of a bulk changed. */
  | { readonly topic: 'bulk-items'; readonly bulkId: BulkId; readonly serverIds: readonly ServerId[] }
  /** New samples of what these servers use. */
  | { readonly topic: 'usage'; readonly serverIds: readonly ServerId[] }
  /** What somebody may do, or whether something lets them in, changed. */
  | { readonly topic: 'access' }
  /** There may be operations to drive. */
  | { readonly topic: 'operations' }
  /** There may be messages to send. */
  | { readonly topic: 'deliveries' };

export interface Bus {
  publish(wake: Wake): void;
  /** @returns how to stop listening */
  subscribe<T extends Wake['topic']>(topic: T, listener: (wake: Extract<Wake, { topic: T }>) => void): () => void;
}
