// Who is told of what, and when: rules, folding, quiet hours, tries, and a manager that dies or was down meanwhile.

import { topics } from '@mainstay/core/topics';
import { openAlarms } from '@mainstay/manager/app/alarms';
import { retryDelivery } from '@mainstay/manager/app/deliveries';
import { configureRule } from '@mainstay/manager/app/rules';
import { startLiveness } from '@mainstay/manager/loops/liveness';
import { considerEvents } from '@mainstay/manager/notifications/consider';
import { dropOldDeliveries, takeNext } from '@mainstay/manager/notifications/outbox';
import { forgetOldAlarms } from '@mainstay/manager/notifications/pass-alarms';
import { describe, expect, it } from 'vitest';
import { happenings, hour, minute, openTeller, told } from './teller.ts';

const { lost, recovered, crashed, stopped, purged, away, back } = happenings;

describe('a rule', () => {
  it('tells its channels what it is about, once each, and closes the alarm with one message', async () => {
    const teller = await openTeller();
    const [one, two] = [await teller.channel('one'), await teller.channel('two')];
    await teller.rule({ topics: ['missing'], channelIds: [one.id, two.id] });
    const nord = await teller.server('valheim-nord');
    await teller.happens(lost, nord);
    await teller.round();
    expect(await openAlarms(teller.world)).toMatchObject([{ topic: 'missing', subject: 'valheim-nord', count: 1, settlesAt: null }]);
    teller.sleep(4 * minute);
    await teller.happens(recovered, nord);
    await teller.round();
    const sentences = [
      'valheim-nord lost its container just now; removed outside Mainstay on basement; its world is safe, 3.2 GB. Recover brings it back.',
      'valheim-nord runs again; it was without a container for 4 min.',
    ];
    expect(told(one.receiver)).toEqual(sentences);
    expect(told(two.receiver)).toEqual(sentences);
    expect(await openAlarms(teller.world)).toEqual([]);
  });

  it('tells nothing of what it does not name, is off, or is about other servers', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    const [nord, sued] = [await teller.server('nord'), await teller.server('sued')];
    await teller.rule({ topics: ['crashed'], channelIds: [id] });
    const off = await teller.rule({ topics: ['missing'], channelIds: [id], enabled: false });
    await teller.rule({ topics: ['missing'], channelIds: [id], scope: { kind: 'servers', serverIds: [sued.id] } });
    await teller.happens(lost, nord);
    await teller.round();
    expect(told(receiver)).toEqual([]);
    await teller.happens(lost, sued);
    await teller.round();
    expect(told(receiver)).toHaveLength(1);
    expect((await openAlarms(teller.world)).map(({ ruleId }) => ruleId)).not.toContain(off.id);
  });

  it('that was made after something happened tells nothing of it', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    const nord = await teller.server('nord');
    await teller.happens(lost, nord);
    await teller.round();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    await teller.wait(minute);
    expect(told(receiver)).toEqual([]);
  });

  it('and another that say the same to one channel say it once', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    for (const name of ['one', 'two']) await teller.rule({ name, topics: ['missing'], channelIds: [id] });
    await teller.happens(lost, await teller.server('nord'));
    await teller.round();
    expect(told(receiver)).toHaveLength(1);
    expect(await openAlarms(teller.world)).toHaveLength(2);
  });

  it('whose alarm stands when it is narrowed still tells of its end', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    const rule = await teller.rule({ topics: ['missing', 'crashed'], channelIds: [id] });
    const nord = await teller.server('nord');
    await teller.happens(lost, nord);
    await teller.round();
    await configureRule(teller.world, rule.id, { topics: ['crashed'] });
    await teller.happens(recovered, nord);
    await teller.round();
    expect(told(receiver)[1]).toMatch(/^nord runs again/);
  });
});

describe('what comes and goes', () => {
  it('a crash loop is one message, and another once it has held', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['crashed'], channelIds: [id], foldMinutes: 10 });
    const nord = await teller.server('nord');
    for (let n = 1; n <= 20; n += 1) {
      await teller.happens({ ...crashed, restarts: n }, nord);
      await teller.wait(minute);
    }
    expect(told(receiver)).toEqual(['nord crashed just now; exit code 3; on basement; the engine started it again, once so far.']);
    expect(await openAlarms(teller.world)).toMatchObject([{ topic: 'crashed', count: 20, settlesAt: expect.any(Number) }]);
    await teller.wait(10 * minute);
    expect(told(receiver).slice(1)).toEqual(['nord has been running for 10 min again; it crashed 20 times in 19 min.']);
    expect(await openAlarms(teller.world)).toEqual([]);
  });

  it('a crash loop that somebody stops is over at once', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['crashed'], channelIds: [id] });
    const nord = await teller.server('nord');
    for (let n = 1; n <= 3; n += 1) await teller.happens(crashed, nord);
    await teller.happens(stopped, nord);
    await teller.round();
    expect(told(receiver)).toHaveLength(2);
    expect(told(receiver)[1]).toMatch(/^nord was stopped just now; it crashed 3 times/);
  });

  it('what has not come back to run is not said to have held', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['crashed'], channelIds: [id] });
    const nord = await teller.server('nord');
    await teller.happens(crashed, nord);
    await teller.happens(lost, nord);
    await teller.wait(30 * minute);
    expect(told(receiver)).toHaveLength(1);
    await teller.happens(recovered, nord);
    await teller.wait(2 * minute);
    expect(told(receiver)).toHaveLength(2);
  });

  it('a host that is lost for a moment is not worth a word, one that stays away is', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['host-away'], channelIds: [id] });
    await teller.server('nord');
    await teller.happens(away);
    await teller.round();
    teller.sleep(topics['host-away'].holdMs - 1);
    await teller.happens(back);
    await teller.wait(5 * minute);
    expect(told(receiver)).toEqual([]);
    await teller.happens(away);
    await teller.wait(minute);
    await teller.happens(back);
    await teller.round();
    expect(told(receiver)).toEqual([
      'basement has not been heard for 1 min; its server is as it was seen last, and nothing is assumed about it.',
      'basement is heard again; it was not heard for 1 min.',
    ]);
  });

  it('a host that is removed while it is away is called by its name once more', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['host-away'], channelIds: [id] });
    await teller.happens(away);
    await teller.wait(2 * minute);
    await teller.world.store.db.deleteFrom('agents').execute();
    await teller.happens({ kind: 'agent-removed' });
    await teller.round();
    expect(told(receiver)[1]).toBe('basement was removed just now; it was not heard for 2 min.');
  });

  it('a host that comes and goes is told of at most four times', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['host-away'], channelIds: [id] });
    for (let n = 0; n < 12; n += 1) {
      await teller.happens(n % 2 === 0 ? away : back);
      await teller.wait(2 * minute);
    }
    await teller.wait(hour);
    expect(told(receiver)).toHaveLength(4);
    expect(told(receiver)[2]).toMatch(/for the 2nd time in .*; more is told once it has held for 10 min\.$/);
    expect(told(receiver)[3]).toMatch(/^basement has been heard for .* again; it was lost 6 times/);
  });

  it('a purge that takes the data is no loss of data', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['data-gone', 'purged'], channelIds: [id] });
    const nord = await teller.server('nord');
    await teller.happens(
      { kind: 'server-state', from: 'deleted', to: 'deleting', reason: { code: 'operation', operation: 'purge' } },
      nord,
    );
    await teller.happens({ kind: 'server-data', from: 'yes', to: 'no' }, nord);
    await teller.happens(purged, nord);
    await teller.round();
    expect(told(receiver)).toEqual(['nord was purged just now; with its data.']);
  });
});

describe('quiet hours', () => {
  const quiet = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };

  it('hold everything back that they are told to, and end in one message', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id], quiet: { ...quiet, alarmsToo: true } });
    const [nord, sued] = [await teller.server('nord'), await teller.server('sued')];
    teller.sleep(11 * hour);
    await teller.happens(lost, nord);
    await teller.wait(minute);
    await teller.happens(recovered, nord);
    await teller.happens(lost, sued);
    await teller.wait(7 * hour);
    expect(told(receiver)).toEqual([]);
    expect(await teller.log('queued')).toHaveLength(3);
    await teller.wait(hour);
    expect(receiver.received).toHaveLength(1);
    expect(told(receiver)[0]?.split('\n')).toEqual([
      expect.stringMatching(/^• nord lost its container 8 h ago;/),
      expect.stringMatching(/^• nord runs again;/),
      expect.stringMatching(/^• sued lost its container 7 h 59 min ago;/),
    ]);
  });

  it('end in a message that counts what went on meanwhile', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['crashed'], channelIds: [id], quiet: { ...quiet, alarmsToo: true } });
    const nord = await teller.server('nord');
    teller.sleep(11 * hour);
    for (let n = 0; n < 8 * 12; n += 1) {
      await teller.happens(crashed, nord);
      await teller.wait(5 * minute);
    }
    expect(told(receiver)).toEqual([expect.stringMatching(/^nord crashed 8 h ago; .*; 96 times by now\.$/)]);
  });

  it('let alarms and their ends through, unless the rule says otherwise, and hold news', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing', 'stopped'], channelIds: [id], quiet });
    const [nord, sued] = [await teller.server('nord'), await teller.server('sued')];
    teller.sleep(12 * hour);
    await teller.happens(stopped, sued);
    await teller.happens(lost, nord);
    await teller.happens(recovered, nord);
    await teller.round();
    expect(told(receiver)).toHaveLength(2);
    await teller.wait(8 * hour);
    expect(told(receiver)[2]).toMatch(/^sued was stopped 7 h ago/);
  });
});

describe('what cannot be delivered', () => {
  it('is tried again, ever later, with the same id, until it arrives', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    receiver.answer({ status: 503 }, { status: 503 });
    await teller.happens(lost, await teller.server('nord'));
    await teller.round();
    expect(await teller.log()).toMatchObject([
      { state: 'retrying', tries: 1, responseCode: 503, error: 'Answered 503.', nextTryAt: expect.any(Number) },
    ]);
    await teller.wait(2 * minute);
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(await teller.log()).toMatchObject([{ state: 'delivered', tries: 3, responseCode: 200, error: null, nextTryAt: null }]);
  });

  it('waits as long as it is asked to', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    receiver.answer({ status: 429, headers: { 'retry-after': '900' } });
    await teller.happens(lost, await teller.server('nord'));
    await teller.wait(14 * minute);
    expect(receiver.received).toHaveLength(1);
    await teller.wait(2 * minute);
    expect(receiver.received).toHaveLength(2);
  });

  it('is given up when it is refused, stays to be seen, and can be tried again by hand', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    receiver.answer({ status: 410 });
    await teller.happens(lost, await teller.server('nord'));
    await teller.wait(hour);
    const [dead] = await teller.log('dead');
    expect(dead).toMatchObject({ tries: 1, responseCode: 410, error: 'Answered 410.' });
    expect(receiver.received).toHaveLength(1);
    await retryDelivery(teller.world, dead!.id);
    await teller.round();
    expect(await teller.log()).toMatchObject([{ id: dead!.id, state: 'delivered' }]);
    await expect(retryDelivery(teller.world, dead!.id)).rejects.toMatchObject({ code: 'not-allowed-in-state' });
  });

  it('is given up after a day', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    await receiver.close();
    await teller.happens(lost, await teller.server('nord'));
    await teller.wait(26 * hour, 10 * minute);
    expect(await teller.log()).toMatchObject([{ state: 'dead', error: 'Not reached: nothing listens there.' }]);
  });

  it('holds what comes after it back while the other end is down, and that goes together when it is up again', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    receiver.answer({ status: 503, headers: { 'retry-after': '1800' } });
    for (const name of ['a1', 'b2', 'c3', 'd4', 'e5']) {
      await teller.happens(lost, await teller.server(name));
      await teller.wait(minute);
    }
    expect(receiver.received).toHaveLength(1);
    await teller.wait(hour);
    expect(receiver.received).toHaveLength(3);
    expect(told(receiver)[1]).toMatch(/^a1 lost/);
    expect(told(receiver)[2]?.split('\n')).toHaveLength(4);
    expect((await teller.log()).map(({ state, notices }) => [state, notices])).toEqual([
      ['delivered', 4],
      ['delivered', 1],
    ]);
  });

  it('and that is refused for itself holds back nothing else', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    receiver.answer({ status: 500 });
    await teller.happens(lost, await teller.server('a1'));
    await teller.happens(lost, await teller.server('b2'));
    await teller.round();
    expect(told(receiver).map((text) => text.slice(0, 2))).toEqual(['a1', 'b2']);
  });
});

describe('a manager that', () => {
  it('dies after something was recorded, and before it was considered, tells it when it is back', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    await teller.happens(lost, await teller.server('nord'));
    teller.sleep(3 * hour);
    await teller.restart();
    await teller.round();
    expect(told(receiver)).toHaveLength(1);
    expect(told(receiver)[0]).toMatch(/^nord lost its container 3 h ago/);
  });

  it('dies while it considers has considered nothing', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    await teller.happens(lost, await teller.server('nord'));
    const { store } = teller.world;
    const dying = {
      ...store,
      transact: (work: Parameters<typeof store.transact>[0]) =>
        store.transact(async (writer) => {
          await work(writer);
          throw new Error('the power went');
        }),
    };
    await expect(considerEvents({ ...teller.world, store: dying as typeof store })).rejects.toThrow('the power went');
    expect(await teller.log()).toEqual([]);
    await teller.round();
    await teller.round();
    expect(told(receiver)).toHaveLength(1);
  });

  it('dies while it sends sends that one message again, with the same id, and no other', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    const [nord, sued] = [await teller.server('nord'), await teller.server('sued')];
    await teller.happens(lost, nord);
    await teller.round();
    await teller.happens(lost, sued);
    await considerEvents(teller.world);
    const taken = await takeNext(teller.world, id);
    expect(await takeNext(teller.world, id), 'one on its way a channel').toBeNull();
    await teller.restart();
    await teller.round();
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([expect.any(String), taken!.delivery.id]);
    expect(await teller.log('delivered')).toHaveLength(2);
  });

  it('was stopped, and is back before its hosts are, does not call them lost', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['host-away'], channelIds: [id] });
    await teller.happens(away);
    teller.sleep(10 * hour);
    await teller.restart();
    await teller.round();
    teller.sleep(10_000);
    await teller.happens(back);
    await teller.wait(5 * minute);
    expect(told(receiver)).toEqual([]);
  });

  it('was down tells what it missed in one message when it is more than a few', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    for (let n = 0; n < 30; n += 1) await teller.happens(lost, await teller.server(`server-${n}`));
    teller.sleep(2 * hour);
    await teller.restart();
    await teller.wait(10 * minute);
    expect(receiver.received).toHaveLength(1);
    expect(told(receiver)[0]?.split('\n')).toHaveLength(30);
  });

  it('was down for days sums up what is too old to be news, however much it was, and still knows what stands', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing', 'crashed'], channelIds: [id] });
    const nord = await teller.server('nord');
    await teller.happens(crashed, nord, 1200);
    await teller.happens(lost, nord);
    teller.sleep(50 * hour);
    await teller.restart();
    await teller.wait(5 * minute);
    const sentences = told(receiver).join('\n');
    expect(receiver.received.length).toBeLessThanOrEqual(3);
    expect(sentences).toContain('a crash');
    expect(sentences).toContain('a container lost');
    expect((await openAlarms(teller.world)).map(({ topic }) => topic)).toContain('missing');
  });
});

it('a host that went while the manager was down is missed, and told of', async () => {
  const teller = await openTeller();
  const { id, receiver } = await teller.channel();
  await teller.rule({ topics: ['host-away'], channelIds: [id] });
  await teller.world.store.db.updateTable('agents').set({ connected: 1, last_heard_at: teller.now() }).execute();
  teller.sleep(3 * hour);
  // Ten seconds pass in each of its rounds, until it would have been back.
  let rounds = 0;
  const pause = (_ms: number, signal: AbortSignal) => {
    rounds += 1;
    if (rounds > 7) return new Promise<void>((done) => signal.addEventListener('abort', () => done()));
    teller.sleep(10_000);
    return Promise.resolve();
  };
  const liveness = startLiveness({ ...teller.world, clock: { ...teller.world.clock, pause } });
  await expect.poll(async () => (await teller.world.store.db.selectFrom('events').select('happening_json').execute()).length).toBe(1);
  await liveness.stop();
  await teller.wait(minute);
  expect(told(receiver)).toEqual([expect.stringMatching(/^basement has not been heard for 3 h/)]);
});

describe('the log', () => {
  it('is kept for a month, and what has not ended for as long as it takes', async () => {
    const teller = await openTeller();
    const { id, receiver } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    await teller.happens(lost, await teller.server('nord'));
    await teller.round();
    teller.sleep(29 * 24 * hour);
    receiver.answer({ status: 500 });
    await teller.happens(lost, await teller.server('sued'));
    await teller.round();
    await dropOldDeliveries(teller.world);
    expect(await teller.log()).toHaveLength(2);
    teller.sleep(40 * 24 * hour);
    await dropOldDeliveries(teller.world);
    expect(await teller.log()).toMatchObject([{ state: 'retrying' }]);
  });

  it('of alarms forgets those that are long over', async () => {
    const teller = await openTeller();
    const { id } = await teller.channel();
    await teller.rule({ topics: ['missing'], channelIds: [id] });
    const nord = await teller.server('nord');
    await teller.happens(lost, nord);
    await teller.happens(recovered, nord);
    await teller.happens(lost, await teller.server('sued'));
    await teller.round();
    teller.sleep(25 * hour);
    await forgetOldAlarms(teller.world);
    expect(await teller.world.store.db.selectFrom('alarms').select('stage').execute()).toEqual([{ stage: 'open' }]);
  });
});
