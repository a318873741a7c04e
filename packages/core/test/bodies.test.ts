// Which of a server's containers is its body, and which are strays.

import { bodyAmong, type Labelled, labels, straysAmong } from '@mainstay/core/bodies';
import type { ServerId } from '@mainstay/core/id';
import { Known } from '@mainstay/core/known';
import { describe, expect, it } from 'vitest';

const serverId = '8f14e45f-ceea-467f-a8f3-4b6ef2a1c0de' as ServerId;
const container = (id: string, name: string, createdAt: number, operation = ''): Labelled => ({
  id,
  name,
  createdAt,
  labels: { [labels.server]: serverId, [labels.name]: 'lobby', [labels.operation]: operation },
});
const old = container('old', 'lobby', 1);
const copy = container('copy', 'lobby-copy', 2);
const replacement = container('new', 'lobby.1234', 3, 'operation');

describe('which container is the server’s body', () => {
  it('the recorded one', () => expect(bodyAmong([old, copy, replacement], 'copy')?.id).toBe('copy'));
  it('else the one with its name', () => expect(bodyAmong([copy, replacement, old], 'gone')?.id).toBe('old'));
  it('else the newest that is no replacement', () => expect(bodyAmong([replacement, copy], null)?.id).toBe('copy'));
  it('a replacement once it is in place', () => expect(bodyAmong([copy, container('new', 'lobby', 3, 'operation')], null)?.id).toBe('new'));
  it('none, when there is but a replacement', () => expect(bodyAmong([replacement], null)).toBe(null));
});

describe('which containers are strays', () => {
  const known = new Known(new Map([[serverId, 'old']]));
  const idle = () => false;
  const strays = (containers: Labelled[], of = known, busy = idle) =>
    straysAmong(new Map([[serverId, containers]]), of, busy).map((stray) => [stray.containerId, stray.serverId]);

  it('a second one beside the body', () => expect(strays([old, copy])).toEqual([['copy', serverId]]));
  it('all of a server that nobody knows', () =>
    expect(strays([old, copy], new Known(new Map()))).toEqual([
      ['copy', serverId],
      ['old', serverId],
    ]));
  it('none of a server to which something is being done', () => expect(strays([old, replacement], known, () => true)).toEqual([]));
  it('one whose label names no server', () =>
    expect(straysAmong(new Map([[null, [copy]]]), known, idle)).toMatchObject([{ serverId: null }]));
});
