// One thing done to many.

import { expect, it } from 'vitest';
import { id, sampleServer } from '../testing/samples.ts';
import { forEachFew, sharedRefusal, sortOut } from './bulk.ts';

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

it('asks six at a time, each once, and goes on past a slow one', async () => {
  let open = 0;
  let most = 0;
  const asked: number[] = [];
  await forEachFew(
    Array.from({ length: 20 }, (_, n) => n),
    async (n) => {
      open += 1;
      most = Math.max(most, open);
      asked.push(n);
      await Promise.resolve();
      open -= 1;
    },
    new AbortController().signal,
  );
  expect(most).toBe(6);
  expect(asked.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
});

it('begins no further one once it is told to stop', async () => {
  const stop = new AbortController();
  const asked: number[] = [];
  await forEachFew(
    [0, 1, 2, 3, 4, 5, 6, 7],
    async (n) => {
      asked.push(n);
      stop.abort();
    },
    stop.signal,
  );
  expect(asked.length).toBeLessThanOrEqual(6);
});
