// The names that people know browsers by.

import { expect, it } from 'vitest';
import { browserWords } from './browser-words.ts';

it('names a browser and its system, and leaves what it does not know as it is', () => {
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';
  expect(browserWords(chrome)).toBe('Chrome, Linux');
  expect(browserWords(`${chrome} Edg/130.0.0.0`.replace('X11; Linux x86_64', 'Windows NT 10.0; Win64; x64'))).toBe('Edge, Windows');
  expect(
    browserWords(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    ),
  ).toBe('Safari, iPhone');
  expect(browserWords('Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0')).toBe('Firefox, Android');
  expect(browserWords('curl/8.5.0')).toBe('curl/8.5.0');
});
