// The lifecycle, as data: what a person can ask in a state, what an observation means in a state, and what an
// operation makes of a state. API guards, buttons, the command line, the diagram in the docs and the model-based
// tests are read off these three tables; none of them says it again.

export const states = ['creating', 'running', 'stopped', 'missing', 'failed', 'deleted', 'deleting'] as const;
export type State = (typeof states)[number];

export const actions = ['start', 'stop', 'restart', 'rebuild', 'configure', 'clone', 'delete', 'restore', 'purge'] as const;
export type Action = (typeof actions)[number];

/** What its people last asked for. */
export type Intent = 'running' | 'stopped';

/** What each state means, in the words of the docs and the page's tooltips. */
export const meanings = {
  creating: 'recorded; its first container is not up yet',
  running:  'its container exists and runs',
  stopped:  'its container exists and does not run',
  missing:  'the record is kept, the container is gone; start brings it back',
  failed:   'creating or recovering it ended in an error, kept with its reason',
  deleted:  'container removed; data, name and ports are kept for its retention',
  deleting: 'a purge is under way',
} as const satisfies Record<State, string>;

/** `yes`, or the reason why not: the 409's detail, the disabled button's tooltip and the command line's message. */
export type Permission = 'yes' | { readonly no: string };

const yes = 'yes' as const;
const no = (reason: string): Permission => ({ no: reason });

const making   = no('It is still being created. Wait for that to end, or delete it.');
const purging  = no('It is being purged; that finishes, or is retried, by itself.');
const runs     = no('It is running already.');
const rests    = no('It is not running.');
const bodiless = no('Its container is gone. Start it to bring it back first.');
const broken   = no('It has no container: creating or recovering it failed. Start it to try again.');
const deleted  = no('It is deleted. Restore it first.');
const kept     = no('It is not deleted; there is nothing to restore.');
const undone   = no('Delete it first; only a deleted, missing or failed server can be purged.');

/** State × action: what a person can do. */
export const permissions = {
  //          start          stop            restart          rebuild          configure          clone        delete        restore          purge
  creating: { start: making, stop: making,   restart: making,   rebuild: making,   configure: making,  clone: making,  delete: yes,     restore: kept,    purge: undone  },
  running:  { start: runs,   stop: yes,      restart: yes,      rebuild: yes,      configure: yes,     clone: yes,     delete: yes,     restore: kept,    purge: undone  },
  stopped:  { start: yes,    stop: rests,    restart: rests,    rebuild: yes,      configure: yes,     clone: yes,     delete: yes,     restore: kept,    purge: undone  },
  missing:  { start: yes,    stop: bodiless, restart: bodiless, rebuild: bodiless, configure: yes,     clone: yes,     delete: yes,     restore: kept,    purge: yes     },
  failed:   { start: yes,    stop: broken,   restart: broken,   rebuild: broken,   configure: yes,     clone: yes,     delete: yes,     restore: kept,    purge: yes     },
  deleted:  { start: deleted, stop: deleted, restart: deleted,  rebuild: deleted,  configure: deleted, clone: yes,     delete: no('It is deleted already.'), restore: yes, purge: yes },
  deleting: { start: purging, stop: purging, restart: purging,  rebuild: purging,  configure: purging, clone: purging, delete: purging, restore: purging, purge: purging },
} as const satisfies Record<State, Record<Action, Permission>>;

/** Whether a person can ask for `action` on a server in `state`; else why not. */
export function permission(state: State, action: Action): Permission {
  return permissions[state][action];
}

/** The actions open in a state, in the order of `actions`. */
export function openActions(state: State): Action[] {
  return actions.filter((action) => permission(state, action) === 'yes');
}

/** What was seen of a server's container at one moment. `unknown`: nobody could look, or not well enough to tell. */
export const sightings = ['running', 'not-running', 'absent', 'unknown'] as const;
export type SightingKind = (typeof sightings)[number];

/**
 * What an observation means in a state, when no operation is open on the server.
 * `keep`: nothing. A state: the server moves there. `stray`: the container should not be there; remove it.
 * `operation`: such a state is never without its operation; that one decides.
 */
export type Meaning = 'keep' | 'stray' | 'operation' | State;

/** State × sighting: how an observation settles. */
export const settling = {
  //          running               not-running               absent               unknown
  creating: { running: 'operation', 'not-running': 'operation', absent: 'operation', unknown: 'keep' },
  running:  { running: 'keep',      'not-running': 'stopped',   absent: 'missing',   unknown: 'keep' },
  stopped:  { running: 'running',   'not-running': 'keep',      absent: 'missing',   unknown: 'keep' },
  missing:  { running: 'running',   'not-running': 'stopped',   absent: 'keep',      unknown: 'keep' },
  failed:   { running: 'running',   'not-running': 'stopped',   absent: 'keep',      unknown: 'keep' },
  deleted:  { running: 'stray',     'not-running': 'stray',     absent: 'keep',      unknown: 'keep' },
  deleting: { running: 'operation', 'not-running': 'operation', absent: 'operation', unknown: 'keep' },
} as const satisfies Record<State, Record<SightingKind, Meaning>>;

export const operationKinds = ['create', 'start', 'stop', 'restart', 'rebuild', 'delete', 'restore', 'purge'] as const;
export type OperationKind = (typeof operationKinds)[number];

export const operationStates = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;
export type OperationState = (typeof operationStates)[number];

/** What an operation makes of its server's state. `from`: the state it found. `forgotten`: the record goes. */
export interface OperationRow {
  /** The state while it is open; `from` leaves it as it is. */
  readonly during: State | 'from';
  /** The state when all its steps are done, before the last observation has its say. */
  readonly succeeded: State | 'from' | 'intended' | 'forgotten';
  /** The state when it ended in an error, by the state it found; likewise before the last observation. */
  readonly failed: State | 'from' | { readonly fromBodiless: State };
  /** What it makes of the intent. */
  readonly intent: Intent | 'from' | 'asked';
  /** Until when a person can cancel it. */
  readonly cancel: 'any-step' | 'before-first-step';
}

/** Operation × what it does to the state. `intended` is running or stopped, as the intent says. */
export const operations = {
  //          during              succeeded               failed                               intent             cancel
  create:  { during: 'creating', succeeded: 'intended',  failed: 'failed',                    intent: 'asked',   cancel: 'any-step' },
  start:   { during: 'from',     succeeded: 'running',   failed: { fromBodiless: 'failed' },  intent: 'running', cancel: 'any-step' },
  stop:    { during: 'from',     succeeded: 'stopped',   failed: 'from',                      intent: 'stopped', cancel: 'before-first-step' },
  restart: { during: 'from',     succeeded: 'running',   failed: 'from',                      intent: 'running', cancel: 'before-first-step' },
  rebuild: { during: 'from',     succeeded: 'from',      failed: 'from',                      intent: 'from',    cancel: 'any-step' },
  delete:  { during: 'from',     succeeded: 'deleted',   failed: 'from',                      intent: 'stopped', cancel: 'before-first-step' },
  restore: { during: 'from',     succeeded: 'missing',   failed: 'from',                      intent: 'stopped', cancel: 'before-first-step' },
  purge:   { during: 'deleting', succeeded: 'forgotten', failed: 'from',                      intent: 'stopped', cancel: 'before-first-step' },
} as const satisfies Record<OperationKind, OperationRow>;

/** The operation that an action opens on its server; `configure` only writes the record, and `clone` opens the creation of another. */
export type OperationAction = Exclude<Action, 'configure' | 'clone'>;
