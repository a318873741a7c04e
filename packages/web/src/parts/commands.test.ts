// What the palette finds.

import { openActions } from '@mainstay/core/lifecycle';
import { expect, it } from 'vitest';
import { id, sampleServer } from '../testing/samples.ts';
import { findCommands } from './commands.ts';

const servers = [
  sampleServer({ id: id(1), name: 'valheim-nord' }),
  sampleServer({ id: id(2), name: 'survival', state: 'missing' }),
  sampleServer({ id: id(3), name: 'nordic' }),
];
const labels = (typed: string) => findCommands(typed, servers).map(({ label }) => label);

it('a server is found by its name, the nearest first', () => {
  expect(labels('nord').slice(0, 2)).toEqual(['nordic', 'valheim-nord']);
});

it('an action is found in any order of words, and only where it is open', () => {
  expect(labels('stop valheim')).toEqual(['Stop valheim-nord']);
  expect(labels('valheim stop')).toEqual(['Stop valheim-nord']);
  expect(labels('stop survival')).toEqual([]);
  expect(labels('recover')).toEqual(['Recover survival']);
});

it('every action that is open on a server is there, as the lifecycle table has it', () => {
  const acts = findCommands('survival', servers).filter(({ kind }) => kind === 'act');
  expect(acts.map((each) => (each.kind === 'act' ? each.offer.action : ''))).toEqual(openActions('missing'));
});

it('before anything is typed it leads to pages and servers', () => {
  expect(labels('')).toEqual(expect.arrayContaining(['Servers', 'Hosts', 'New server', 'valheim-nord']));
});
