// Notifications as people meet them: which topic an event has, whom a rule tells of it, and the words.

import { faultCodes } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import { operationKinds, states } from '@mainstay/core/lifecycle';
import { fewAtOnce, goesTogether, gravityOf, mostInMessage, type Notice } from '@mainstay/core/notice';
import { messageWords, noticeWords } from '@mainstay/core/notice-words';
import { concerns, covers, type Place, type Scope } from '@mainstay/core/notification-rules';
import { drifts } from '@mainstay/core/reason';
import { alarmTopics, chosenTopics, type Happened, isAlarm, type Topic, topicOf, topics } from '@mainstay/core/topics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const state = (from: (typeof states)[number], to: (typeof states)[number], reason: object): Happened =>
  ({ kind: 'server-state', from, to, reason }) as Happened;
const exit = (code: number, outOfMemory = false) => ({ code, outOfMemory, asked: false, at: 1 });

describe('an event', () => {
  const cases: [string, Happened, Topic | null][] = [
    ['docker rm', state('running', 'missing', { code: 'removed-outside' }), 'missing'],
    ['a restored server, which has no container yet', state('deleted', 'missing', { code: 'operation', operation: 'restore' }), 'restored'],
    ['a creation that failed', state('creating', 'failed', { code: 'operation-failed', operation: 'create' }), 'failed'],
    ['a creation that was cancelled', state('creating', 'failed', { code: 'operation-cancelled', operation: 'create' }), null],
    ['a crash', state('running', 'stopped', { code: 'crashed' }), 'crashed'],
    ['a crash that the engine’s restart policy hides', { kind: 'server-crashed', exit: exit(3) }, 'crashed'],
    ['the same for want of memory', { kind: 'server-crashed', exit: exit(137, true) }, 'out-of-memory'],
    ['docker stop', state('running', 'stopped', { code: 'stopped-outside' }), 'stopped-unasked'],
    ['a stop that somebody asked for', state('running', 'stopped', { code: 'operation', operation: 'stop' }), 'stopped'],
    ['a recovery', state('missing', 'running', { code: 'operation', operation: 'start' }), 'started'],
    ['docker start', state('stopped', 'running', { code: 'started-outside' }), 'started'],
    ['a creation', state('creating', 'running', { code: 'operation', operation: 'create' }), 'created'],
    ['a creation that is not to run', state('creating', 'stopped', { code: 'operation', operation: 'create' }), 'created'],
    ['a world that is gone', { kind: 'server-data', from: 'yes', to: 'no' }, 'data-gone'],
    ['a world that is there again', { kind: 'server-data', from: 'no', to: 'yes' }, 'data-back'],
    ['a world that could not be looked at', { kind: 'server-data', from: 'yes', to: 'unknown' }, null],
    ['a world that has outgrown its quota', { kind: 'server-quota', over: true }, 'over-quota'],
    ['a disk that is nearly full', { kind: 'agent-disk', nearlyFull: true }, 'disk-nearly-full'],
    ['a retention that is about to end', { kind: 'purge-near' }, 'purge-near'],
    ['a rebuild that failed', { kind: 'operation-ended', operation: 'rebuild', outcome: 'failed' }, 'operation-failed'],
    ['a creation that failed, which its state tells', { kind: 'operation-ended', operation: 'create', outcome: 'failed' }, null],
    ['an operation that was cancelled', { kind: 'operation-ended', operation: 'rebuild', outcome: 'cancelled' }, null],
    ['a host that is lost', { kind: 'agent-away' }, 'host-away'],
    ['an engine that does not answer', { kind: 'agent-engine', state: 'unreachable' }, 'engine-trouble'],
    ['another engine in its place', { kind: 'agent-engine', state: 'other' }, 'engine-trouble'],
    ['a change of settings', { kind: 'server-configured' }, null],
  ];
  for (const [what, happened, topic] of cases) {
    it(`that is ${what} is told as ${topic ?? 'nothing'}`, () => expect(topicOf(happened)).toBe(topic));
  }

  it('of every move between states has a topic, or none on purpose', () => {
    for (const from of states) {
      for (const to of states) {
        for (const code of [...drifts, 'operation', 'operation-failed', 'operation-cancelled'] as const) {
          const topic = topicOf(state(from, to, { code }));
          expect(topic === null || topic in topics).toBe(true);
        }
      }
    }
  });
});

describe('every alarm', () => {
  it.each(alarmTopics)('%s is ended by something', (alarm) => {
    const ending = Object.values(topics).filter(({ ends }) => ends.includes(alarm));
    expect(ending.length).toBeGreaterThan(0);
    for (const { about } of ending) expect(about).toBe(topics[alarm].about);
  });

  it('of a server ends with the server', () => {
    for (const alarm of alarmTopics.filter((topic) => topics[topic].about === 'server')) expect(topics.purged.ends).toContain(alarm);
  });

  it('is one that a rule can choose, and recoveries are not', () => {
    expect(alarmTopics.filter((topic) => !chosenTopics.includes(topic))).toEqual([]);
    expect(chosenTopics.filter((topic) => topics[topic].severity === 'recovery')).toEqual([]);
  });
});

describe('a rule', () => {
  const [nord, sued] = ['nord', 'sued'] as unknown as [ServerId, ServerId];
  const [attic, cellar] = ['attic', 'cellar'] as unknown as [AgentId, AgentId];
  const onNord: Place = { serverId: nord, agentId: attic, serversThere: [] };
  const ofAttic: Place = { serverId: null, agentId: attic, serversThere: [nord] };
  const scopes: [string, Scope, boolean, boolean][] = [
    ['for all', { kind: 'all' }, true, true],
    ['for its host', { kind: 'hosts', agentIds: [attic] }, true, true],
    ['for another host', { kind: 'hosts', agentIds: [cellar] }, false, false],
    ['that names the server', { kind: 'servers', serverIds: [nord] }, true, true],
    ['that names another server', { kind: 'servers', serverIds: [sued] }, false, false],
    ['that names nobody', { kind: 'servers', serverIds: [] }, false, false],
  ];
  it.each(scopes)('%s is about the server and about its host as it should', (_, scope, server, host) => {
    expect([covers(scope, onNord), covers(scope, ofAttic)]).toEqual([server, host]);
  });

  it('tells only of the topics that it names', () => {
    const rule = { topics: ['missing'], scope: { kind: 'all' } } as const;
    expect(concerns(rule, 'missing', onNord)).toBe(true);
    expect(concerns(rule, 'crashed', onNord)).toBe(false);
  });
});

const minute = 60_000;
const about = { at: 100 * minute, server: { id: 's', name: 'valheim-nord' }, host: { id: 'h', name: 'basement' } } as const;
const raised = (
  topic: (typeof alarmTopics)[number],
  facts: Notice extends infer N ? (N extends { facts: infer F } ? F : never) : never,
  more: object = {},
) => ({ ...about, telling: 'raised', topic, facts, count: 1, since: about.at, windowMs: 10 * minute, ...more }) as Notice;
const say = (notice: Notice, later = 14_000) => noticeWords(notice, about.at + later).text;

describe('the words', () => {
  it('of a lost container: what happened, how we know, what is safe, what to do', () => {
    const notice = raised('missing', { reason: { code: 'removed-outside' }, data: 'yes', dataBytes: 3_200_000_000 });
    expect(say(notice)).toBe(
      'valheim-nord lost its container 14 s ago; removed outside Mainstay on basement; its world is safe, 3.2 GB. Recover brings it back.',
    );
    expect(noticeWords(notice, about.at).title).toBe('valheim-nord lost its container');
    expect(say(notice, 9 * 60 * minute)).toMatch(/^valheim-nord lost its container 9 h ago;/);
  });

  it('never call a world safe that nobody has seen, or that is gone', () => {
    expect(say(raised('missing', { data: 'unknown' }))).toContain('its world was not looked at yet');
    expect(say(raised('missing', { data: 'no' }))).toContain('its world is gone. Bring its world back first');
    expect(say(raised('missing', {}))).not.toContain('world');
  });

  it('of a crash loop: how often, and what the engine does', () => {
    expect(say(raised('crashed', { reason: { code: 'crashed', exit: exit(3) }, restarts: 4 }))).toBe(
      'valheim-nord crashed 14 s ago; exit code 3; on basement; the engine started it again, 4 times so far.',
    );
    const over = {
      ...about,
      telling: 'recovered',
      topic: null,
      facts: {},
      over: [{ topic: 'crashed', since: about.at - 12 * minute, count: 7 }],
    } as const;
    expect(say(over, 10 * minute)).toBe('valheim-nord has been running for 10 min again; it crashed 7 times in 12 min.');
  });

  it('of what comes back: the how-manieth time, and when more is told', () => {
    const back = raised('host-away', { servers: 3 }, { telling: 'again', server: null, count: 2, since: about.at - 3 * minute });
    expect(say(back, 31_000)).toBe(
      'basement has not been heard for 31 s, for the 2nd time in 3 min; its 3 servers are as they were seen last, and nothing is assumed about them; more is told once it has held for 10 min.',
    );
  });

  it('of a disk that is nearly full: how much is left', () => {
    expect(say(raised('disk-nearly-full', { freeBytes: 12e9, totalBytes: 500e9 }, { server: null }))).toBe(
      'The disk of basement is nearly full; 12.0 GB free of 500 GB.',
    );
  });

  it('of a purge to come: how long there is to restore it', () => {
    expect(say(raised('purge-near', { purgeInMs: 60 * minute }), 2 * minute)).toBe(
      'valheim-nord is purged in 58 min; it was deleted, and its retention ends. Restore it to keep it.',
    );
  });

  it('of a recovery: that it runs, by whom, and how long it did not', () => {
    const notice = {
      ...about,
      telling: 'recovered',
      topic: 'started',
      facts: { who: 'lena' },
      over: [{ topic: 'missing', since: about.at - 4 * minute, count: 1 }],
    } as const;
    expect(say(notice)).toBe('valheim-nord runs again; started by lena; it was without a container for 4 min.');
  });

  it('of every topic, whatever is known of it, are a sentence without gaps', () => {
    const reasons = [
      undefined,
      ...drifts.flatMap((code) => [{ code }, { code, exit: exit(3) }]),
      ...operationKinds.flatMap((operation) => [
        { code: 'operation', operation } as const,
        { code: 'operation-failed', operation, fault: faultCodes[0], detail: 'The image cannot be had.' } as const,
      ]),
    ];
    const facts = fc.record(
      {
        reason: fc.constantFrom(...reasons),
        data: fc.constantFrom('yes', 'no', 'unknown'),
        dataBytes: fc.option(fc.nat()),
        memoryLimitMb: fc.option(fc.nat()),
        restarts: fc.option(fc.nat()),
        operation: fc.constantFrom(...operationKinds),
        detail: fc.option(fc.constant('It did not work.')),
        who: fc.constant('lena'),
        engine: fc.constantFrom('ok', 'unreachable', 'other'),
        servers: fc.nat(),
        dataRemoved: fc.boolean(),
        purgeInMs: fc.nat(),
        quotaBytes: fc.option(fc.nat()),
        freeBytes: fc.nat(),
        totalBytes: fc.nat(),
      },
      { requiredKeys: [] },
    );
    const named = fc.option(fc.constant({ id: 'x', name: 'valheim-nord' }));
    const telling = fc.constantFrom('raised', 'again', 'recovered', 'news');
    const topic = fc.constantFrom(...(Object.keys(topics) as Topic[]));
    fc.assert(
      fc.property(topic, telling, facts, named, named, fc.nat({ max: 1e9 }), (subject, how, known, server, host, later) => {
        const notice = {
          ...about,
          telling: isAlarm(subject) || how === 'news' || how === 'recovered' ? how : 'news',
          topic: subject,
          facts: known,
          server,
          host,
          count: 2,
          since: about.at - 1,
          windowMs: 1,
          over: [{ topic: 'missing', since: 0, count: 1 }],
        } as unknown as Notice;
        const { title, text } = noticeWords(notice, about.at + later);
        expect(title).not.toMatch(/undefined|null|\[object|\s\s|[.!]$/);
        expect(text).toMatch(/^\S.*\.$/);
        expect(text).not.toMatch(/undefined|null|NaN|\[object|\s\s|;\s*;|\.\.|!/);
      }),
    );
  });
});

describe('what waits together', () => {
  const one = raised('missing', {});
  it('goes out one by one while it is a few, as one message when it is more, and as one after quiet hours', () => {
    const waiting = (n: number, held: boolean) => Array.from({ length: n }, () => ({ held }));
    expect(goesTogether(waiting(fewAtOnce, false))).toBe(false);
    expect(goesTogether(waiting(fewAtOnce + 1, false))).toBe(true);
    expect(goesTogether(waiting(1, true))).toBe(false);
    expect(goesTogether(waiting(2, true))).toBe(true);
  });

  it('is a list of sentences, whose end says how many it has no room for', () => {
    const { title, text } = messageWords(
      Array.from({ length: mostInMessage + 3 }, () => one),
      4,
      about.at,
    );
    expect(title).toBe(`${mostInMessage + 7} notifications`);
    expect(text.split('\n')).toHaveLength(mostInMessage + 1);
    expect(text).toMatch(/• and 7 more$/);
  });

  it('is an alarm as long as one in it stands', () => {
    const over = { ...about, telling: 'recovered', topic: 'started', facts: {}, over: [{ topic: 'missing', since: 0, count: 1 }] } as const;
    expect(gravityOf([one])).toBe('alarm');
    expect(gravityOf([one, over])).toBe('news');
    expect(gravityOf([over])).toBe('recovered');
    expect(gravityOf([over, one])).toBe('alarm');
  });
});
