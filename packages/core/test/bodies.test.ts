// Which of a server's containers is its body.

import { bodyAmong, type Labelled, labels } from '@mainstay/core/bodies';
import { describe, expect, it } from 'vitest';

describe('which container is the server’s body', () => {
  const container = (id: string, name: string, createdAt: number, operation = ''): Labelled => ({
    id,
    name,
    createdAt,
    labels: { [labels.server]: '8f14e45f-ceea-467f-a8f3-4b6ef2a1c0de', [labels.name]: 'lobby', [labels.operation]: operation },
  });
  const old = container('old', 'lobby', 1);
  const copy = container('copy', 'lobby-copy', 2);
  const replacement = container('new', 'lobby.1234', 3, 'operation');

  it('the recorded one', () => expect(bodyAmong([old, copy, replacement], 'copy')?.id).toBe('copy'));
  it('else the one with its name', () => expect(bodyAmong([copy, replacement, old], 'gone')?.id).toBe('old'));
  it('else the newest that is no replacement', () => expect(bodyAmong([replacement, copy], null)?.id).toBe('copy'));
  it('a replacement once it is in place', () => expect(bodyAmong([copy, container('new', 'lobby', 3, 'operation')], null)?.id).toBe('new'));
  it('none, when there is but a replacement', () => expect(bodyAmong([replacement], null)).toBe(null));
});
