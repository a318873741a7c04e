import { expect, it } from 'vitest';
import { maskedLine } from '../src/masking.ts';

it.each([
  ['of which one begins with another', ['pass', 'pass1234'], 'with pass1234 and pass', 'with •••• and ••••'],
  ['with a tab in it', ['one\ttwo'], 'key one\ttwo', 'key ••••'],
  ['of several lines, a line at a time', ['-----BEGIN\r\n  c2VjcmV0\r\nxy\r\n'], 'c2VjcmV0', '••••'],
  ['whose short lines are words like others', ['first-line\nis\n'], 'this is it', 'this is it'],
  ['that colours part', ['sesame'], '\u001b[31mses\u001b[0mame', '••••'],
  ['that is empty', [''], 'nothing', 'nothing'],
  ['that a carriage return wrote over', ['sesame'], 'sesame\rdone', 'done'],
])('a secret %s is not to be read in a log', (_, secrets, said, shown) => {
  expect(maskedLine(secrets)(said)).toBe(shown);
});
