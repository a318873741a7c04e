// What a notice says: a title, and a sentence as people say it. In this order: what happened, how we know, what is safe,
// what to do. Pure; `now` makes its ages right whenever it is sent.

import { agoWords, bytesWords, lengthWords, ordinal } from './amounts.ts';
import type { OperationKind } from './lifecycle.ts';
import { mostInMessage, type Named, type Notice, type NoticeFacts, type Over } from './notice.ts';
import { type Reason, sentence } from './reason.ts';
import type { AlarmTopic, Topic } from './topics.ts';

export interface Words {
  readonly title: string;
  readonly text: string;
}

/** How one thing is said. `lead` has its age in it; `next` is what to do. */
interface Saying {
  readonly title: string;
  readonly lead: (ageMs: number) => string;
  readonly details: readonly (string | null)[];
  readonly next?: string | null;
}

type Subject = { readonly server: Named | null; readonly host: Named | null; readonly facts: NoticeFacts };
type Tell = (subject: Subject) => Saying;

const nouns = {
  create: 'Creation',
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  rebuild: 'Rebuild',
  delete: 'Deletion',
  restore: 'Restoring',
  purge: 'Purge',
} as const satisfies Record<OperationKind, string>;

/** Says one message: one notice as its sentence, several as a list, those that it has no room for as a number. */
export function messageWords(notices: readonly Notice[], omitted: number, now: number): Words {
  const [only] = notices;
  if (only !== undefined && notices.length === 1 && omitted === 0) return noticeWords(only, now);
  const shown = notices.slice(0, mostInMessage);
  const left = omitted + notices.length - shown.length;
  return {
    title: `${notices.length + omitted} notifications`,
    text: [...shown.map((notice) => `• ${noticeWords(notice, now).text}`), ...(left > 0 ? [`• and ${left} more`] : [])].join('\n'),
  };
}

/** Says one notice. */
export function noticeWords(notice: Notice, now: number): Words {
  switch (notice.telling) {
    case 'test':
      return { title: 'Test from Mainstay', text: `This channel works: ${notice.who} asked for this test.` };
    case 'summary':
      return {
        title: 'What is too old to be told one by one',
        text: `Older than a day, while nobody was told: ${notice.counts
          .map(({ topic, count }) => `${short[topic]}${count === 1 ? '' : ` (${count} times)`}`)
          .join(', ')}.`,
      };
    case 'news':
      return said(tells[notice.topic](notice), now - notice.at);
    case 'recovered': {
      const by = notice.topic === null ? steadily(notice, now - notice.at) : recovered(notice.topic, notice);
      return said({ ...by, details: [...by.details, ...notice.over.map((over) => overWords(over, notice.at))] }, now - notice.at);
    }
    case 'raised': {
      const saying = tells[notice.topic](notice);
      const often = notice.count > 1 ? `${notice.count} times by now` : null;
      return said({ ...saying, details: [...saying.details, often] }, now - notice.at);
    }
    case 'again': {
      const { title, lead, details } = tells[notice.topic](notice);
      const nth = ordinal(notice.count);
      const wait = `more is told once it has held for ${lengthWords(notice.windowMs)}`;
      return said(
        {
          title: `${title}, for the ${nth} time`,
          lead: (age) => `${lead(age)}, for the ${nth} time in ${lengthWords(notice.at - notice.since)}`,
          details: [...details, wait],
        },
        now - notice.at,
      );
    }
  }
}

function said({ title, lead, details, next }: Saying, age: number): Words {
  const known = details.filter((detail) => detail !== null).map((detail) => detail.replace(/\.$/, ''));
  return { title, text: `${[lead(age), ...known].join('; ')}.${next ? ` ${next}` : ''}` };
}

/** Something that happened at a moment, and something that is so. */
const happened = (title: string, details: Saying['details'], next?: string | null): Saying => ({
  title,
  lead: (age) => `${title} ${agoWords(age)}`,
  details,
  ...(next === undefined ? {} : { next }),
});
const isSo = (title: string, details: Saying['details']): Saying => ({ title, lead: () => title, details });

const nameOf = ({ server, host }: Subject) => server?.name ?? host?.name ?? 'A host';
const on = ({ host }: Subject) => (host === null ? '' : ` on ${host.name}`);
const by = ({ facts }: Subject) => (facts.who === undefined ? null : `by ${facts.who}`);
const because = ({ facts }: Subject) => (facts.reason === undefined ? null : sentence(facts.reason));

const tells: Record<Topic, Tell> = {
  missing: (it) =>
    happened(
      `${nameOf(it)} lost its container`,
      [it.facts.reason?.code === 'removed-outside' ? `removed outside Mainstay${on(it)}` : because(it), worldWords(it.facts)],
      it.facts.data === 'no' ? 'Bring its world back first, or start it with an empty one.' : 'Recover brings it back.',
    ),
  failed: (it) => {
    const reason = it.facts.reason;
    const known = reason?.code === 'operation-failed' ? reason : null;
    const what =
      known?.operation === 'create' ? 'could not be created' : known?.operation === 'start' ? 'could not be brought back' : 'failed';
    const details = [known?.detail ?? because(it), worldWords(it.facts)];
    return what === 'failed' ? happened(`${nameOf(it)} failed`, details) : isSo(`${nameOf(it)} ${what}`, details);
  },
  crashed: (it) => happened(`${nameOf(it)} ${it.facts.reason?.code === 'killed' ? 'was killed' : 'crashed'}`, endWords(it)),
  'out-of-memory': (it) => {
    const limit = it.facts.memoryLimitMb;
    return happened(`${nameOf(it)} ran out of memory`, [limit ? `its limit is ${limit} MiB` : null, ...endWords(it)]);
  },
  'stopped-unasked': (it) => {
    const code = it.facts.reason?.code;
    const what = code === 'stopped-outside' ? 'was stopped outside Mainstay' : code === 'exited' ? 'ended by itself' : 'stopped';
    return happened(`${nameOf(it)} ${what}`, what === 'stopped' ? [because(it)] : endWords(it));
  },
  'data-gone': (it) =>
    isSo(`${nameOf(it)} has no data where it should be`, [
      `its directory${on(it)} is gone or empty`,
      'a start will refuse rather than begin a new world',
    ]),
  'over-quota': (it) =>
    isSo(`${nameOf(it)} uses more disk than its quota`, [
      ofWords(it.facts.dataBytes, it.facts.quotaBytes, 'of'),
      'nothing is stopped for that',
    ]),
  'purge-near': (it) => ({
    title: `${nameOf(it)} is about to be purged`,
    lead: (age) => {
      const left = (it.facts.purgeInMs ?? 0) - age;
      return `${nameOf(it)} is purged ${left > 0 ? `in ${lengthWords(left)}` : 'any moment'}`;
    },
    details: ['it was deleted, and its retention ends'],
    next: 'Restore it to keep it.',
  }),
  'operation-failed': (it) => happened(`${operationOf(it)} failed`, [it.facts.detail ?? null]),
  'host-away': (it) => ({
    title: `${nameOf(it)} is not heard`,
    lead: (age) => `${nameOf(it)} has not been heard for ${lengthWords(age + (it.facts.silentMs ?? 0))}`,
    details: [serversThere(it)],
  }),
  'engine-trouble': (it) =>
    it.facts.engine === 'other'
      ? isSo(`Another Docker engine answers${on(it)}`, [
          'its servers were made on a different one',
          'what this one shows is not believed until you accept it',
        ])
      : {
          title: `Docker${on(it)} does not answer`,
          lead: (age) => `Docker${on(it)} has not answered for ${lengthWords(age)}`,
          details: [it.facts.detail ?? null, serversThere(it)],
        },

  'disk-nearly-full': (it) =>
    isSo(`The disk of ${nameOf(it)} is nearly full`, [ofWords(it.facts.freeBytes, it.facts.totalBytes, 'free of')]),

  created: (it) => happened(`${nameOf(it)} was created`, [by(it), on(it).trim() || null]),
  started: (it) => happened(`${nameOf(it)} was started`, [by(it) ?? because(it)]),
  stopped: (it) => happened(`${nameOf(it)} was stopped`, [by(it)]),
  deleted: (it) => happened(`${nameOf(it)} was deleted`, [by(it), 'its record and data are kept until its retention ends']),
  restored: (it) => happened(`${nameOf(it)} was restored`, [by(it)], 'Start it like any other.'),
  purged: (it) => happened(`${nameOf(it)} was purged`, [by(it), it.facts.dataRemoved ? 'with its data' : `its data was kept${on(it)}`]),

  'operation-done': (it) => happened(`${operationOf(it)} succeeded`, []),
  'data-back': (it) => isSo(`The data of ${nameOf(it)} is there again`, []),
  'within-quota': (it) => isSo(`${nameOf(it)} is within its quota again`, []),
  'host-back': (it) => isSo(`${nameOf(it)} is heard again`, []),
  'host-removed': (it) => happened(`${nameOf(it)} was removed`, [by(it)]),
  'engine-back': (it) => isSo(`Docker${on(it)} answers again`, []),
  'disk-roomy': (it) => isSo(`The disk of ${nameOf(it)} has room again`, [ofWords(it.facts.freeBytes, it.facts.totalBytes, 'free of')]),
};

/** What ended an alarm, where it says that better than as news. */
function recovered(topic: Topic, it: Subject): Saying {
  switch (topic) {
    case 'started':
      return isSo(`${nameOf(it)} runs again`, [
        it.facts.who !== undefined ? `started by ${it.facts.who}` : it.facts.reason?.code === 'started-outside' ? because(it) : null,
      ]);
    case 'crashed':
    case 'out-of-memory':
    case 'stopped-unasked':
      return isSo(`${nameOf(it)} has its container again`, [`it does not run: ${because(it) ?? 'it stopped'}`]);
    default:
      return tells[topic](it);
  }
}

/** It has simply held, since `at`. */
function steadily(it: Subject & { readonly over: readonly Over[] }, age: number): Saying {
  const topic = it.over[0]?.topic;
  const held = lengthWords(age);
  if (topic === 'host-away')
    return { ...isSo(`${nameOf(it)} is heard again`, []), lead: () => `${nameOf(it)} has been heard for ${held} again` };
  if (topic === 'engine-trouble')
    return { ...isSo(`Docker${on(it)} answers again`, []), lead: () => `Docker${on(it)} has answered for ${held} again` };
  const back = topic === undefined ? undefined : backs[topic];
  if (back !== undefined) return tells[back](it);
  return { ...isSo(`${nameOf(it)} runs again`, []), lead: () => `${nameOf(it)} has been running for ${held} again` };
}

/** Alarms whose end is told as what ended them, however long ago that was. */
const backs: Partial<Record<AlarmTopic, Topic>> = {
  'data-gone': 'data-back',
  'over-quota': 'within-quota',
  'disk-nearly-full': 'disk-roomy',
};

/** What an alarm that is over had been: how long, or how often. */
function overWords({ topic, since, count }: Over, at: number): string {
  const length = lengthWords(at - since);
  return count === 1 ? wasOnce[topic](length) : `${wasOften[topic]} ${count} times in ${length}`;
}

const wasOnce: Record<AlarmTopic, (length: string) => string> = {
  missing: (length) => `it was without a container for ${length}`,
  failed: (length) => `it had failed ${length} before`,
  crashed: (length) => `it had crashed ${length} before`,
  'out-of-memory': (length) => `it had run out of memory ${length} before`,
  'stopped-unasked': (length) => `it had stopped ${length} before`,
  'data-gone': (length) => `it was gone for ${length}`,
  'over-quota': (length) => `it was over it for ${length}`,
  'purge-near': () => 'it was about to be purged',
  'operation-failed': (length) => `an operation on it had failed ${length} before`,
  'host-away': (length) => `it was not heard for ${length}`,
  'engine-trouble': (length) => `for ${length} nothing was known of its servers`,
  'disk-nearly-full': (length) => `it was nearly full for ${length}`,
};

const wasOften: Record<AlarmTopic, string> = {
  missing: 'it lost its container',
  failed: 'it failed',
  crashed: 'it crashed',
  'out-of-memory': 'it ran out of memory',
  'stopped-unasked': 'it stopped',
  'data-gone': 'it was gone',
  'over-quota': 'it was over it',
  'purge-near': 'it was about to be purged',
  'operation-failed': 'an operation on it failed',
  'host-away': 'it was lost',
  'engine-trouble': 'it was silent',
  'disk-nearly-full': 'it was nearly full',
};

/** For sums. */
const short: Record<Topic, string> = {
  missing: 'a container lost',
  failed: 'a creation or recovery failed',
  crashed: 'a crash',
  'out-of-memory': 'out of memory',
  'stopped-unasked': 'a server stopped unasked',
  'data-gone': 'data gone',
  'over-quota': 'a server over its quota',
  'purge-near': 'a purge near',
  'operation-failed': 'an operation failed',
  'host-away': 'a host not heard',
  'engine-trouble': 'Docker silent on a host',
  'disk-nearly-full': 'a disk nearly full',
  created: 'a server created',
  started: 'a server started',
  stopped: 'a server stopped',
  deleted: 'a server deleted',
  restored: 'a server restored',
  purged: 'a server purged',
  'operation-done': 'an operation done',
  'data-back': 'data back',
  'within-quota': 'a server within its quota again',
  'host-back': 'a host heard again',
  'host-removed': 'a host removed',
  'engine-back': 'Docker answers again',
  'disk-roomy': 'a disk with room again',
};

const operationOf = (it: Subject) => `${it.facts.operation === undefined ? 'An operation' : nouns[it.facts.operation]} of ${nameOf(it)}`;

/** How its process ended, and what came of that. */
function endWords(it: Subject): (string | null)[] {
  const { reason, restarts } = it.facts;
  const exit = exitOf(reason);
  const after =
    restarts === undefined
      ? 'it stays stopped until you decide'
      : restarts === null || restarts === 0
        ? 'the engine started it again'
        : `the engine started it again, ${restarts === 1 ? 'once' : `${restarts} times`} so far`;
  return [exit === null ? null : `exit code ${exit.code}`, it.host === null ? null : `on ${it.host.name}`, after];
}

function exitOf(reason: Reason | undefined) {
  return reason !== undefined && 'exit' in reason && reason.exit !== undefined ? reason.exit : null;
}

function serversThere({ facts }: Subject): string | null {
  if (!facts.servers) return null;
  return facts.servers === 1
    ? 'its server is as it was seen last, and nothing is assumed about it'
    : `its ${facts.servers} servers are as they were seen last, and nothing is assumed about them`;
}

/** `12.0 GB free of 500 GB`; null when either is not known. */
function ofWords(part: number | null | undefined, whole: number | null | undefined, of: string): string | null {
  return part == null || whole == null ? null : `${bytesWords(part)} ${of} ${bytesWords(whole)}`;
}

function worldWords({ data, dataBytes }: NoticeFacts): string | null {
  switch (data) {
    case undefined:
      return null;
    case 'yes':
      return dataBytes == null ? 'its world is safe' : `its world is safe, ${bytesWords(dataBytes)}`;
    case 'no':
      return 'its world is gone';
    case 'unknown':
      return 'its world was not looked at yet';
  }
}
