// What the attention strip says, as whole sentences, and when it is silent.

import { describe, expect, it } from 'vitest';
import { id, moment, sampleAgent, sampleServer } from '../testing/samples.ts';
import { attentionItems } from './attention.ts';

const now = moment + 14_000;
const told = (servers: readonly ReturnType<typeof sampleServer>[], agents = [sampleAgent()]) =>
  attentionItems(servers, agents, now).map(({ subject, what, details }) => [`${subject} ${what(now)}`, ...details].join(' · '));

describe('what needs attention', () => {
  it('is nothing when all is well', () => {
    expect(
      told([sampleServer(), sampleServer({ id: id(2), state: 'stopped', stateCause: { code: 'operation', operation: 'stop' } })]),
    ).toEqual([]);
  });

  it('a lost container: what happened, how we know, what is safe', () => {
    const lost = sampleServer({ name: 'valheim-nord', state: 'missing', stateCause: { code: 'removed-outside' } });
    expect(told([lost])).toEqual(['valheim-nord lost its container 14 s ago · removed outside Mainstay on basement · world safe, 3.2 GB']);
  });

  it('a restored server lost nothing', () => {
    const restored = sampleServer({ state: 'missing', stateCause: { code: 'operation', operation: 'restore' } });
    expect(told([restored])).toEqual(['lobby is restored and has no container yet · world safe, 3.2 GB']);
  });

  it('a failure with its reason', () => {
    const failed = sampleServer({
      state: 'failed',
      stateCause: { code: 'operation-failed', operation: 'create', fault: 'image-unavailable', detail: 'The registry has no such image.' },
    });
    expect(told([failed])).toEqual(['lobby could not be created · The registry has no such image.']);
  });

  it('a crash and a want of memory, with exit code and limit', () => {
    const exit = { code: 137, outOfMemory: true, asked: false, at: moment };
    const crashed = sampleServer({ state: 'stopped', stateCause: { code: 'crashed', exit: { ...exit, code: 3, outOfMemory: false } } });
    const hungry = sampleServer({
      id: id(2),
      state: 'stopped',
      stateCause: { code: 'out-of-memory', exit },
      limits: { memoryMb: 8192, cpus: null },
    });
    expect(told([crashed, hungry])).toEqual([
      'lobby crashed 14 s ago · exit code 3 · stopped until you decide',
      'lobby ran out of memory 14 s ago · exit code 137 · its limit is 8.0 GiB · stopped until you decide',
    ]);
  });

  it('a crash loop that the engine hides by starting it again', () => {
    const crashes = [moment - 20_000, moment - 10_000, moment];
    expect(told([sampleServer({ crashes })])).toEqual([
      'lobby crashed 3 times within 34 s · it is started again each time; its log says why it ends',
    ]);
    expect(told([sampleServer({ crashes: crashes.slice(1) }), sampleServer({ id: id(2), state: 'stopped', crashes })])).toEqual([]);
  });

  it('data that is gone below a running server', () => {
    expect(told([sampleServer({ dataExists: 'no' })])).toHaveLength(1);
  });

  it('a host that is away, once, and nothing assumed about its servers', () => {
    const host = { name: 'attic', online: false, lastHeardAt: moment, engine: 'ok' };
    const held = sampleServer({ state: 'missing', stateCause: { code: 'removed-outside' }, host });
    const items = told([held], [sampleAgent({ name: 'attic', online: false })]);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatch(/^attic not heard for 14 s · its server is shown as of .* nothing is assumed about it$/);
  });

  it('another engine in place of the host’s own', () => {
    const items = told([], [sampleAgent({ engine: { state: 'other', since: moment, detail: null } })]);
    expect(items[0]).toMatch(/^basement another Docker engine answers/);
  });

  it('data over its quota: by how much, and whether starts are refused', () => {
    const quota = { dataMb: 1000, refuseStarts: true };
    expect(told([sampleServer({ quota, overQuota: true, dataBytes: 2_000_000_000 })])[0]).toMatch(
      /^lobby is over its disk quota: 2.0 GB of .* · Its data is over/,
    );
    expect(told([sampleServer({ quota })])).toEqual([]);
  });

  it('a host whose disk is nearly full; while it is not heard, only that', () => {
    const disk = { at: moment, serverBytes: 1, trashBytes: 1, archiveBytes: 1, freeBytes: 4_000_000_000, totalBytes: 100_000_000_000 };
    const full = { disk, nearlyFull: true };
    expect(told([], [sampleAgent(full)])[0]).toMatch(/^basement has a disk that is nearly full: 4.0 GB left · /);
    expect(told([], [sampleAgent({ ...full, online: false })])[0]).toMatch(/not heard/);
  });
});
