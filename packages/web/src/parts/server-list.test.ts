// The list: its filter, its order, its counts.

import { expect, it } from 'vitest';
import { id, sampleServer } from '../testing/samples.ts';
import { countStates, groupServers, nextSort } from './server-list.ts';

const attic = { name: 'attic', online: true, lastHeardAt: 1, engine: 'ok' };
const servers = [
  sampleServer({ id: id(1), name: 'world-10' }),
  sampleServer({ id: id(2), name: 'world-2', state: 'missing' }),
  sampleServer({ id: id(3), name: 'aged', state: 'deleted' }),
  sampleServer({ id: id(4), name: 'terraria', agentId: id(101), host: attic, image: 'ryshe/terraria' }),
];
const shown = (filter: Parameters<typeof groupServers>[1], view: Parameters<typeof groupServers>[2] = {}) =>
  groupServers(servers, filter, view).map(
    ({ host, servers: members }) => `${host?.name ?? 'all'}: ${members.map(({ name }) => name).join(' ')}`,
  );

it('groups by host, orders by name as people count, and hides what is deleted', () => {
  expect(shown({})).toEqual(['attic: terraria', 'basement: world-2 world-10']);
});

it('shows deleted ones last when asked', () => {
  expect(shown({ deleted: true })).toEqual(['attic: terraria', 'basement: world-2 world-10 aged']);
  expect(shown({ state: 'deleted' })).toEqual(['basement: aged']);
});

it('finds by name or image, whatever the case', () => {
  expect(shown({ q: 'RYSHE' })).toEqual(['attic: terraria']);
  expect(shown({ q: 'nothing' })).toEqual([]);
});

it('counts what the search and the host leave, whatever state is chosen', () => {
  expect(countStates(servers, { state: 'missing' })).toMatchObject({ running: 2, missing: 1, deleted: 1 });
  expect(countStates(servers, { agentId: id(101) })).toMatchObject({ running: 1, missing: 0, deleted: 0 });
});

it('is one list when asked', () => {
  expect(shown({}, { group: 'none' })).toEqual(['all: terraria world-2 world-10']);
  expect(shown({}, { group: 'none', sort: '-name' })).toEqual(['all: world-10 world-2 terraria']);
});

it('orders by a column, what is not known last whichever way', () => {
  const usage = (cores: number) => ({ at: 1, cores, memoryBytes: 1, receivedPerSecond: null, sentPerSecond: null });
  const busy = [
    sampleServer({ id: id(1), name: 'calm', usage: usage(0.1) }),
    sampleServer({ id: id(2), name: 'asleep', state: 'stopped' }),
    sampleServer({ id: id(3), name: 'busy', usage: usage(2) }),
  ];
  const order = (sort: 'cpu' | '-cpu') => groupServers(busy, {}, { sort })[0]?.servers.map(({ name }) => name);
  expect(order('-cpu')).toEqual(['busy', 'calm', 'asleep']);
  expect(order('cpu')).toEqual(['calm', 'busy', 'asleep']);
});

it('a column is first ordered the way one looks for in it, then the other way', () => {
  expect(nextSort({}, 'name')).toBe('-name');
  expect(nextSort({}, 'cpu')).toBe('-cpu');
  expect(nextSort({ sort: '-cpu' }, 'cpu')).toBe('cpu');
});
