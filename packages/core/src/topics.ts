// What events mean to somebody who is not looking: every topic that a rule can choose, how grave it is, and which alarms
// it ends. A table; which topic an event has is `topicOf`, just as pure.

import type { OperationKind, State } from './lifecycle.ts';
import type { Exit, Reason } from './reason.ts';

export interface TopicRow {
  readonly about: 'server' | 'host';
  /** `alarm`: something is wrong until a topic that ends it. `news`: told once. `recovery`: told only where it ends an alarm; no rule chooses it. */
  readonly severity: 'alarm' | 'news' | 'recovery';
  /** The alarms that it ends. */
  readonly ends: readonly string[];
  /** How long an alarm waits before it is told, for one that ends within is not worth a word: links break and mend. */
  readonly holdMs: number;
}

const bodiless = ['missing', 'failed'] as const;
const down = [...bodiless, 'crashed', 'out-of-memory', 'stopped-unasked', 'operation-failed'] as const;
const everything = [...down, 'data-gone', 'over-quota', 'purge-near'] as const;
const ofHost = ['host-away', 'engine-trouble', 'disk-nearly-full'] as const;

/** An agent is back within 10 s of a restart of either end; half a minute more is not a restart. */
const linkHoldMs = 30_000;

// biome-ignore format: a table is read by its columns
const rows = {
  //                     about             severity              ends                                     held before it is told
  'missing':           { about: 'server', severity: 'alarm',    ends: [],                                 holdMs: 0 },
  'failed':            { about: 'server', severity: 'alarm',    ends: [],                                 holdMs: 0 },
  'crashed':           { about: 'server', severity: 'alarm',    ends: bodiless,                           holdMs: 0 },
  'out-of-memory':     { about: 'server', severity: 'alarm',    ends: bodiless,                           holdMs: 0 },
  'stopped-unasked':   { about: 'server', severity: 'alarm',    ends: bodiless,                           holdMs: 0 },
  'data-gone':         { about: 'server', severity: 'alarm',    ends: [],                                 holdMs: 0 },
  'operation-failed':  { about: 'server', severity: 'alarm',    ends: [],                                 holdMs: 0 },
  'over-quota':        { about: 'server', severity: 'alarm',    ends: [],                                 holdMs: 0 },
  'purge-near':        { about: 'server', severity: 'alarm',    ends: [],                                 holdMs: 0 },
  'host-away':         { about: 'host',   severity: 'alarm',    ends: [],                                 holdMs: linkHoldMs },
  'engine-trouble':    { about: 'host',   severity: 'alarm',    ends: [],                                 holdMs: linkHoldMs },
  'disk-nearly-full':  { about: 'host',   severity: 'alarm',    ends: [],                                 holdMs: 0 },

  'created':           { about: 'server', severity: 'news',     ends: [],                                 holdMs: 0 },
  'started':           { about: 'server', severity: 'news',     ends: down,                               holdMs: 0 },
  'stopped':           { about: 'server', severity: 'news',     ends: down,                               holdMs: 0 },
  'deleted':           { about: 'server', severity: 'news',     ends: everything,                         holdMs: 0 },
  'restored':          { about: 'server', severity: 'news',     ends: ['operation-failed', 'purge-near'], holdMs: 0 },
  'purged':            { about: 'server', severity: 'news',     ends: everything,                         holdMs: 0 },

  'operation-done':    { about: 'server', severity: 'recovery', ends: ['operation-failed'],               holdMs: 0 },
  'data-back':         { about: 'server', severity: 'recovery', ends: ['data-gone'],                      holdMs: 0 },
  'within-quota':      { about: 'server', severity: 'recovery', ends: ['over-quota'],                     holdMs: 0 },
  'host-back':         { about: 'host',   severity: 'recovery', ends: ['host-away'],                      holdMs: 0 },
  'host-removed':      { about: 'host',   severity: 'recovery', ends: ofHost,                             holdMs: 0 },
  'engine-back':       { about: 'host',   severity: 'recovery', ends: ['engine-trouble'],                 holdMs: 0 },
  'disk-roomy':        { about: 'host',   severity: 'recovery', ends: ['disk-nearly-full'],               holdMs: 0 },
} as const satisfies Record<string, TopicRow>;

export type Topic = keyof typeof rows;
type Of<Severity extends TopicRow['severity']> = { [T in Topic]: (typeof rows)[T]['severity'] extends Severity ? T : never }[Topic];
export type AlarmTopic = Of<'alarm'>;
/** What a rule can choose. */
export type ChosenTopic = Of<'alarm' | 'news'>;

export const topics: Readonly<Record<Topic, TopicRow & { readonly ends: readonly AlarmTopic[] }>> = rows;

const names = Object.keys(rows) as Topic[];
export const alarmTopics = names.filter((topic): topic is AlarmTopic => topics[topic].severity === 'alarm');
export const newsTopics = names.filter((topic): topic is Of<'news'> => topics[topic].severity === 'news');
export const chosenTopics: readonly ChosenTopic[] = [...alarmTopics, ...newsTopics];

export function isAlarm(topic: Topic): topic is AlarmTopic {
  return topics[topic].severity === 'alarm';
}

const finals: ReadonlySet<Topic> = new Set(['stopped', 'deleted', 'restored', 'purged', 'operation-done', 'host-removed']);

/** Whether a topic is somebody's own doing: it ends alarms at once, where others have to be seen to last. */
export function isFinal(topic: Topic): boolean {
  return finals.has(topic);
}

/** As much of an event's happening as its topic depends on. The manager's own shape fits in, or does not compile. */
export type Happened =
  | {
      readonly kind: 'server-state';
      readonly from: State;
      readonly to: State;
      readonly reason: { readonly code: Reason['code']; readonly operation?: OperationKind | undefined };
    }
  | { readonly kind: 'server-crashed'; readonly exit: Exit }
  | { readonly kind: 'server-data'; readonly from: string; readonly to: string }
  | {
      readonly kind: 'operation-ended';
      readonly operation: OperationKind;
      readonly outcome: 'succeeded' | 'failed' | 'cancelled';
    }
  | { readonly kind: 'server-quota'; readonly over: boolean }
  | { readonly kind: 'agent-disk'; readonly nearlyFull: boolean }
  | { readonly kind: 'agent-engine'; readonly state: 'ok' | 'unreachable' | 'other' }
  | {
      readonly kind:
        | 'server-recorded'
        | 'server-configured'
        | 'server-stopped-by'
        | 'server-ready'
        | 'server-copied'
        | 'server-lent'
        | 'server-purged'
        | 'purge-near'
        | 'stray-found'
        | 'operation-requested'
        | 'settings-changed'
        | 'template-saved'
        | 'template-removed'
        | 'trash-emptied'
        | 'agent-joined'
        | 'agent-online'
        | 'agent-away'
        | 'agent-removed'
        | 'agent-configured';
    };

type Kind = Happened['kind'];

/** What each kind of event means; null: nothing that anybody would be told of. */
const meanings: { readonly [K in Kind]: Topic | null | ((happened: Extract<Happened, { kind: K }>) => Topic | null) } = {
  'server-state': stateTopic,
  'server-crashed': ({ exit }) => (exit.outOfMemory ? 'out-of-memory' : 'crashed'),
  'server-data': ({ from, to }) => (to === 'no' ? 'data-gone' : from === 'no' && to === 'yes' ? 'data-back' : null),
  'server-quota': ({ over }) => (over ? 'over-quota' : 'within-quota'),
  'server-purged': 'purged',
  'purge-near': 'purge-near',
  // A creation that fails is told as the state it leads to; one that succeeds mostly too, but for what changes no state.
  'operation-ended': ({ operation, outcome }) =>
    outcome === 'failed' && operation !== 'create'
      ? 'operation-failed'
      : outcome === 'succeeded' && (operation === 'restart' || operation === 'rebuild')
        ? 'operation-done'
        : null,
  'agent-away': 'host-away',
  'agent-online': 'host-back',
  'agent-removed': 'host-removed',
  'agent-disk': ({ nearlyFull }) => (nearlyFull ? 'disk-nearly-full' : 'disk-roomy'),
  'agent-engine': ({ state }) => (state === 'ok' ? 'engine-back' : 'engine-trouble'),
  'server-recorded': null,
  'server-configured': null,
  'server-stopped-by': null,
  'server-ready': null,
  'server-copied': null,
  'server-lent': null,
  'stray-found': null,
  'operation-requested': null,
  'settings-changed': null,
  'template-saved': null,
  'template-removed': null,
  'trash-emptied': null,
  'agent-joined': null,
  'agent-configured': null,
};

/** The topic of an event; null: nobody is told of it. */
export function topicOf(happened: Happened): Topic | null {
  const meaning = meanings[happened.kind] as Topic | null | ((happened: Happened) => Topic | null);
  return typeof meaning === 'function' ? meaning(happened) : meaning;
}

function stateTopic({ from, to, reason }: Extract<Happened, { kind: 'server-state' }>): Topic | null {
  switch (to) {
    case 'running':
      return from === 'creating' ? 'created' : 'started';
    case 'stopped':
      return from === 'creating' && reason.code === 'operation' ? 'created' : stopTopic(reason.code);
    case 'missing':
      return reason.code === 'operation' ? 'restored' : 'missing';
    case 'failed':
      // Who cancels a creation knows what became of it.
      return reason.code === 'operation-cancelled' ? null : 'failed';
    case 'deleted':
      return 'deleted';
    case 'creating':
    case 'deleting':
      return null;
  }
}

const stops = {
  operation: 'stopped',
  'operation-cancelled': 'stopped',
  lent: 'stopped',
  'operation-failed': 'stopped-unasked',
  'stopped-outside': 'stopped-unasked',
  exited: 'stopped-unasked',
  crashed: 'crashed',
  killed: 'crashed',
  'out-of-memory': 'out-of-memory',
  // What nobody sees a stopped server by; told rather than swallowed.
  'started-outside': 'stopped-unasked',
  'removed-outside': 'stopped-unasked',
} as const satisfies Record<Reason['code'], Topic>;

function stopTopic(code: Reason['code']): Topic {
  return stops[code];
}

/** Whether the topic's alarm ends by itself if nothing more is heard: the engine has started the server again already. */
export function healsItself(happened: Happened): boolean {
  return happened.kind === 'server-crashed';
}
