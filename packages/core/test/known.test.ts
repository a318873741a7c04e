import { describe, expect, it } from 'vitest';
import type { ServerId } from '../src/id.ts';
import { Known } from '../src/known.ts';

const [lobby, arena] = ['lobby', 'arena'] as ServerId[] as [ServerId, ServerId];
const idle = () => false;

describe('what a manager says it has on a host', () => {
  it('is what counts from then on, its containers too; of what it does not know, those that were seen', () => {
    const known = new Known(new Map([[lobby, 'old']]));
    known.replace(
      [
        { serverId: lobby, containerId: null },
        { serverId: arena, containerId: 'its' },
      ],
      idle,
    );
    expect(known.servers().map((id) => [id, known.recorded(id)])).toEqual([
      [lobby, 'old'],
      [arena, 'its'],
    ]);
    known.replace([{ serverId: lobby, containerId: 'new' }], idle);
    expect(known.servers().map((id) => [id, known.recorded(id)])).toEqual([[lobby, 'new']]);
  });

  it('never turns a step in progress back to the container that it has just replaced', () => {
    const known = new Known(new Map([[lobby, 'old']]));
    known.record(lobby, 'replacement');
    known.replace([{ serverId: lobby, containerId: 'old' }], (id) => id === lobby);
    expect(known.recorded(lobby)).toBe('replacement');
  });
});
