import { expect, it } from 'vitest';
import { nearlyFull, overQuota } from '../src/disk.ts';

const gb = 1e9;

it('data is over its quota when it takes more; without a quota, or of unknown size, it never is', () => {
  const quota = { dataMb: 1024, refuseStarts: false };
  expect(overQuota(quota, 1024 ** 3)).toBe(false);
  expect(overQuota(quota, 1024 ** 3 + 1)).toBe(true);
  expect(overQuota(quota, null)).toBe(false);
  expect(overQuota(null, 1024 ** 5)).toBe(false);
});

it.each([
  ['a tenth of a small disk', 9 * gb, 100 * gb, true],
  ['more than that', 11 * gb, 100 * gb, false],
  ['a tenth of a very large disk, which is room for years', 900 * gb, 10_000 * gb, false],
  ['20 GB of it', 19 * gb, 10_000 * gb, true],
])('%s', (_, freeBytes, totalBytes, expected) => {
  expect(nearlyFull({ freeBytes, totalBytes }, false)).toBe(expected);
});

it('a disk at the edge is told of once: it is well again only with some room', () => {
  const at = (freeBytes: number) => ({ freeBytes, totalBytes: 100 * gb });
  expect(nearlyFull(at(10.5 * gb), false)).toBe(false);
  expect(nearlyFull(at(10.5 * gb), true)).toBe(true);
  expect(nearlyFull(at(12.1 * gb), true)).toBe(false);
});
