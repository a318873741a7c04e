// Sizes, as people read them.

import { expect, it } from 'vitest';
import { bytesOfText, bytesText, memoryText } from './bytes.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [212_000_000, '212 MB'],
  [999_960_000, '1.0 GB'],
  [3_200_000_000, '3.2 GB'],
  [118_000_000_000, '118 GB'],
])('%d bytes of data are %s', (bytes, said) => expect(bytesText(bytes)).toBe(said));

it('memory goes by powers of two, as limits do', () => {
  expect(memoryText(512 * 1024 * 1024)).toBe('512 MiB');
  expect(memoryText(6 * 1024 ** 3)).toBe('6.0 GiB');
});

it('progress names a unit once, unless they differ', () => {
  const of = (done: string, total: string) => `${done} of ${total}`;
  expect(bytesOfText(212e6, 388e6, of)).toBe('212 of 388 MB');
  expect(bytesOfText(900e3, 388e6, of)).toBe('900 kB of 388 MB');
});
