// One thing done to many.

import { expect, it } from 'vitest';
import { id, sampleServer } from '../testing/samples.ts';
import { sharedRefusal, sortOut } from './bulk.ts';

const running = sampleServer({ id: id(1), name: 'a' });
const stopped = sampleServer({ id: id(2), name: 'b', state: 'stopped' });

it('sorts out who can have it, and says of the others why not', () => {
  const { can, cannot } = sortOut([running, stopped], 'start');
  expect(can).toEqual([stopped]);
  expect(cannot).toEqual([{ server: running, why: 'It is running already.' }]);
});

it('gives the one reason that all share', () => {
  expect(sharedRefusal([running, running], 'start')).toBe('It is running already.');
  expect(sharedRefusal([running, sampleServer({ state: 'deleted' })], 'start')).toBeNull();
});
