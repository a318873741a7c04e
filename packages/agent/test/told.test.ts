// What is news to a manager that was told some of it already, and answered some of it, if the answers arrived.

import type { ServerId } from '@mainstay/core/id';
import type { Observation, ObservedServer } from '@mainstay/wire/link';
import { beforeEach, expect, test } from 'vitest';
import { Endings } from '../src/endings.ts';
import { Told } from '../src/told.ts';

const serverId = '7b0c24d0-54c5-4c58-9d3d-0c3a3b1d5f10' as ServerId;
const containerId = 'c0ffeec0ffee';

function seen(sighting: ObservedServer['sighting'], engineId: string | null = 'engine'): Observation {
  const servers = engineId === null ? [] : [{ serverId, sighting, data: null, crashes: [], restarts: null }];
  return { sequence: 1, takenAt: 0, engineId, why: engineId === null ? 'silent' : null, servers, strays: null };
}
const absent = seen({ kind: 'absent' });
const running = seen({ kind: 'running', containerId });
const silent = seen({ kind: 'absent' }, null);

let told: Told;
beforeEach(() => {
  told = new Told(new Endings());
  told.tell(absent);
});

test('what was told is no news', () => {
  expect(told.news(absent)).toBeNull();
});

test('a server that an answer showed running, and that is absent again as it was told before, is news', () => {
  told.doubt(running);
  expect(told.news(absent)).toMatchObject({ servers: [{ serverId }] });
});

test('an engine that an answer called silent, and that answers as it was told before, is news', () => {
  told.doubt(silent);
  expect(told.news(absent)).not.toBeNull();
});

test('an answer that said what was told changes nothing', () => {
  told.doubt(absent);
  expect(told.news(absent)).toBeNull();
});
