import { randomUUID } from 'node:crypto';
import type { ServerId } from '@mainstay/core/id';
import { describe, expect, it } from 'vitest';
import { Endings } from '../src/endings.ts';
import type { EngineEvent, InspectedContainer } from '../src/engine.ts';
import { sightingOf } from '../src/engine-states.ts';
import { burst, everyMs, Pace } from '../src/pace.ts';

const serverId = randomUUID() as ServerId;
const event = (action: string, at: number, more: Partial<EngineEvent> = {}): EngineEvent => ({
  action,
  containerId: 'c1',
  labels: { 'mainstay.server': serverId },
  exitCode: null,
  signal: null,
  at,
  cursor: '',
  ...more,
});
const hear = (...events: EngineEvent[]) => {
  const endings = new Endings();
  for (const each of events) endings.take(each);
  return endings;
};

describe('the end of a process', () => {
  it('was asked for when somebody had it stopped or killed', async () => {
    for (const signal of [15, 9, 2]) {
      const endings = hear(event('kill', 1, { signal }), event('die', 2, { exitCode: 143 }));
      expect(endings.of('c1')).toEqual({ code: 143, outOfMemory: false, asked: true, at: 2 });
      expect(endings.crashes(serverId)).toEqual([]);
    }
  });

  it('was not asked for by a signal to reload, nor by one of long ago, nor by one to the process before', async () => {
    const died = event('die', 10_000_000, { exitCode: 3 });
    for (const before of [event('kill', 9_999_999, { signal: 1 }), event('kill', 1, { signal: 15 })]) {
      expect(hear(before, died).of('c1')?.asked).toBe(false);
    }
    const restarted = hear(
      event('kill', 1, { signal: 15 }),
      event('die', 2, { exitCode: 0 }),
      event('start', 3),
      event('die', 4, { exitCode: 3 }),
    );
    expect(restarted.of('c1')?.asked).toBe(false);
    expect(restarted.crashes(serverId)).toHaveLength(1);
  });

  it('for want of memory is told as such', async () => {
    expect(hear(event('oom', 1), event('die', 1, { exitCode: 137 })).of('c1')).toMatchObject({ outOfMemory: true, asked: false });
  });

  it('that nobody heard of is nobody’s guess', async () => {
    expect(new Endings().of('c1')).toBe(null);
  });

  it('is waited for when a look was faster than the event', async () => {
    const endings = new Endings();
    endings.listening = true;
    const asked = endings.soon('c1');
    endings.take(event('die', 5, { exitCode: 3 }));
    expect(await asked).toMatchObject({ code: 3 });
  });

  it('is kept until it was told of, and the newest of very many only', () => {
    const endings = hear(...Array.from({ length: 60 }, (_, at) => [event('die', at, { exitCode: 1 }), event('start', at)]).flat());
    expect(endings.crashes(serverId)).toHaveLength(50);
    endings.forget(serverId, 57);
    expect(endings.crashes(serverId).map(({ exit }) => exit.at)).toEqual([58, 59]);
  });
});

describe('a sighting', () => {
  const inspected: InspectedContainer = {
    id: 'c1',
    name: 'lobby',
    labels: {},
    state: 'exited',
    exitCode: 0,
    outOfMemory: true,
    finishedAt: 7,
    startedAt: 1,
    restart: 'no',
    restarts: 0,
    image: 'i',
    pid: null,
    terminal: false,
    env: [],
    addresses: [],
    published: new Map(),
  };

  it('calls no good end one for want of memory, though a child of it met one', () => {
    expect(sightingOf(inspected, null)).toMatchObject({ exit: { code: 0, outOfMemory: false, asked: null, at: 7 } });
    expect(sightingOf({ ...inspected, exitCode: 137 }, null)).toMatchObject({ exit: { outOfMemory: true } });
  });

  it('takes a pause or a restart policy at work for running, a removal for nothing known', () => {
    for (const state of ['running', 'paused', 'restarting']) expect(sightingOf({ ...inspected, state }, null).kind).toBe('running');
    expect(sightingOf({ ...inspected, state: 'removing' }, null).kind).toBe('unknown');
    expect(sightingOf({ ...inspected, state: 'created' }, null)).toMatchObject({ kind: 'not-running', exit: null });
  });
});

describe('the pace of looks at one server', () => {
  it('is a burst, then four a second, the last never dropped', () => {
    const pace = new Pace();
    const ask = (now: number) => {
      const wait = pace.ask('s', now);
      pace.came('s');
      return wait;
    };
    expect(Array.from({ length: burst }, () => ask(1000))).toEqual([0, 0, 0, 0]);
    expect(pace.ask('s', 1000)).toBe(everyMs);
    expect(pace.ask('s', 1001)).toBe(null);
    expect(pace.ask('other', 1001)).toBe(0);
    pace.came('s');
    expect(ask(1000 + everyMs)).toBe(everyMs);
    expect(ask(60_000)).toBe(0);
  });

  it('drops nothing that is heard once the look it waited for has begun', () => {
    const pace = new Pace();
    pace.ask('s', 1000);
    expect(pace.ask('s', 1000)).toBe(null);
    pace.came('s');
    expect(pace.ask('s', 1000)).toBe(0);
  });
});
