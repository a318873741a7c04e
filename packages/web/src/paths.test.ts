// Where somebody is led after signing in.

import { expect, it } from 'vitest';
import { readWanted } from './paths.ts';

it('leads on to where somebody was going, and never to another place', () => {
  expect(readWanted({ to: '/hosts' })).toEqual({ to: '/hosts' });
  expect(readWanted({ to: '/?q=lobby&state=missing' })).toEqual({ to: '/?q=lobby&state=missing' });
  for (const to of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    'hosts',
    '',
    7,
  ]) {
    expect(readWanted({ to })).toEqual({});
  }
});
