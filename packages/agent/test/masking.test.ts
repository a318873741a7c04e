import { expect, it } from 'vitest';
import { maskedLine, maskedText } from '../src/masking.ts';

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

it.each([
  ['keeps its colours', '\u001b[31mred\u001b[0m', '\u001b[31mred\u001b[0m'],
  ['keeps its colours around a secret', '\u001b[31msesame\u001b[0m', '\u001b[31m••••\u001b[0m'],
  ['loses them where they part one', '\u001b[31mses\u001b[0mame', '••••'],
  ['keeps its lines and tabs', 'one\n\ttwo', 'one\n\ttwo'],
])('what a program says %s', (_, said, shown) => {
  expect(maskedText(['sesame'])(said)).toBe(shown);
});
