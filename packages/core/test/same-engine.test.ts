import { expect, test } from 'vitest';
import { sameEngine } from '../src/same-engine.ts';

test.each<[string, string, boolean]>([
  ['AB:CD', 'AB:CD', true],
  ['AB:CD', 'AB:CE', false],
  ['AB:CD/0a1b', 'AB:CD/0a1b', true],
  // Its storage is another: nothing of what is on the first one is to be found there.
  ['AB:CD/0a1b', 'AB:CD/9f9f', false],
  ['AB:CD/0a1b', 'AB:CE/0a1b', false],
  // As older agents told it.
  ['AB:CD', 'AB:CD/0a1b', true],
  ['AB:CD/0a1b', 'AB:CD', true],
  ['AB:C', 'AB:CD/0a1b', false],
])('the engines %s and %s', (one, other, same) => {
  expect(sameEngine(one, other)).toBe(same);
});
