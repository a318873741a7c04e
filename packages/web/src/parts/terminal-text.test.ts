// What a console shows and downloads.

import { expect, it } from 'vitest';
import { logText, plainLine, terminalLine } from './terminal-text.ts';

const green = '\u001b[32mready\u001b[0m';

it('colours pass through, and end with their line', () => {
  expect(terminalLine({ at: null, stream: 'stdout', text: green })).toBe(`${green}\u001b[0m\r\n`);
});

it('what went to stderr is red, unless it has colours of its own', () => {
  expect(terminalLine({ at: null, stream: 'stderr', text: 'oh' })).toBe('\u001b[31moh\u001b[0m\r\n');
  expect(terminalLine({ at: null, stream: 'stderr', text: green })).toBe(`${green}\u001b[0m\r\n`);
});

it('plain text is without codes, titles and links', () => {
  expect(plainLine(`${green} \u001b]0;title\u0007\u001b]8;;http://x\u001b\\link\u001b[2K`)).toBe('ready link');
});

it('a downloaded log has the time of each line', () => {
  expect(
    logText([
      { at: 0, stream: 'stdout', text: green },
      { at: null, stream: 'stderr', text: 'x' },
    ]),
  ).toBe('1970-01-01T00:00:00.000Z ready\nx\n');
});
