// What a sender is: it hands one message to one channel, and says what came of it. It decides nothing about further tries.

import type { ChannelKind, CreateChannel } from '@mainstay/wire/notifications';
import type { Resolve } from '../../outgoing/guard.ts';
import type { Message } from '../message.ts';
import type { Outcome } from '../outcome.ts';

/** A channel with all that it was told, secrets included. */
export type ChannelOf<K extends ChannelKind> = Extract<CreateChannel, { kind: K }>;

export interface SendingWorld {
  readonly now: () => number;
  /** Ends an attempt when the manager stops. */
  readonly signal: AbortSignal;
  /** How names are looked up; left out: as the machine does. */
  readonly resolve?: Resolve | undefined;
}

export type Sender<K extends ChannelKind> = (channel: ChannelOf<K>, message: Message, world: SendingWorld) => Promise<Outcome>;
