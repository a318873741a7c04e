// Where a history is played: a host of its own below a manager that it may share. Made-up hosts and the real engine each
// have theirs.

import type { CreateServerInput, Server } from '@mainstay/wire/servers';
import type { Caller } from '../../e2e/harness/caller.ts';
import type { Deed, Mishap } from './script.ts';

/** What a host has of a server. */
export type Body = 'running' | 'not-running' | 'absent';

export interface Scene {
  readonly caller: Caller;
  readonly agentId: string;
  /** Longer than settling ever takes here, on a loaded machine. */
  readonly patienceMs: number;
  /** How often the manager has ended so far: whoever shares it shares that. */
  ends(): number;
  /** What a new server is asked for with. */
  wanted(): Promise<CreateServerInput>;
  /** Something is put into its world. @returns the fingerprint that its data has from now on; null: it has none yet */
  keepsake(server: Server): Promise<string | null>;
  body(server: Pick<Server, 'id' | 'containerId'>): Promise<Body>;
  /** @throws when it cannot be done: there is no such container, say */
  outside(deed: Deed, containerId: string): Promise<void>;
  befall(mishap: Mishap): Promise<void>;
  /** Ends whatever has befallen. */
  heal(): Promise<void>;
}
