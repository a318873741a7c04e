// A host's clock.

import { expect, it } from 'vitest';
import { clockSkewText, isSkewed } from './host-words.ts';

it.each([
  [null, '–'],
  [400, 'in step with the manager'],
  [7400, '7.4 s ahead of the manager'],
  [-62_000, '62.0 s behind the manager'],
])('%s ms: %s', (skew, said) => expect(clockSkewText(skew)).toBe(said));

it('is told as a trouble from 5 s on', () => {
  expect([null, 4999, -5000].map((clockSkewMs) => isSkewed({ clockSkewMs }))).toEqual([false, false, true]);
});
