// Settling and concluding: every state with every sighting, and the reasons people read.

import { operationKinds, settling, states } from '@mainstay/core/lifecycle';
import { type Exit, sentence } from '@mainstay/core/reason';
import { conclude, type Observed, type Sighting, type Standing, settle } from '@mainstay/core/settle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const exit = (code: number, more: Partial<Exit> = {}): Exit => ({ code, outOfMemory: false, asked: null, at: 1, ...more });
const seen = {
  running: { kind: 'running', containerId: 'c' },
  'not-running': { kind: 'not-running', containerId: 'c', exit: exit(3) },
  absent: { kind: 'absent' },
  unknown: { kind: 'unknown', why: 'the engine did not answer' },
} as const satisfies Record<Sighting['kind'], Sighting>;

const standing = (more: Partial<Standing> = {}): Standing => ({ state: 'running', busy: false, engineId: 'e', seenSequence: 5, ...more });
const observed = (sighting: Sighting, more: Partial<Observed> = {}): Observed => ({ sequence: 6, engineId: 'e', sighting, ...more });

describe('settling', () => {
  for (const state of states) {
    for (const [kind, sighting] of Object.entries(seen)) {
      const meaning = settling[state][kind as Sighting['kind']];
      it(`a ${state} server whose container is ${kind}: ${meaning}`, () => {
        const verdict = settle(standing({ state }), observed(sighting));
        if (meaning === 'keep') expect(verdict.kind).toBe('keep');
        else if (meaning === 'operation') expect(verdict).toEqual({ kind: 'keep', because: 'operation' });
        else if (meaning === 'stray') expect(verdict).toEqual({ kind: 'remove-stray', containerId: 'c' });
        else expect(verdict).toMatchObject({ kind: 'move', to: meaning });
      });
    }
  }

  it('leaves an older observation, and the same one twice, without effect', () => {
    expect(settle(standing(), observed(seen.absent, { sequence: 4 }))).toEqual({ kind: 'keep', because: 'older' });
    expect(settle(standing(), observed(seen.absent, { sequence: 5 }))).toEqual({ kind: 'keep', because: 'older' });
  });

  it('believes no other engine than the one the container was made on', () => {
    expect(settle(standing(), observed(seen.absent, { engineId: 'other' }))).toEqual({ kind: 'keep', because: 'other-engine' });
    expect(settle(standing(), observed(seen.absent, { engineId: null }))).toEqual({ kind: 'keep', because: 'unknown' });
  });

  it('leaves drift to the operation while one is open', () => {
    expect(settle(standing({ busy: true }), observed(seen.absent))).toEqual({ kind: 'keep', because: 'operation' });
  });

  const reasons: [string, Sighting, string][] = [
    ['docker rm', seen.absent, 'its container was removed outside Mainstay'],
    ['docker stop', { ...seen['not-running'], exit: exit(0, { asked: true }) }, 'stopped outside Mainstay, exit code 0'],
    ['a crash', seen['not-running'], 'crashed with exit code 3'],
    [
      'the OOM killer',
      { ...seen['not-running'], exit: exit(137, { outOfMemory: true }) },
      'ran out of memory and was killed (OOM), exit code 137',
    ],
    ['a kill', { ...seen['not-running'], exit: exit(137, { asked: false }) }, 'was killed, exit code 137'],
    ['an end of its own', { ...seen['not-running'], exit: exit(0, { asked: false }) }, 'ended by itself, exit code 0'],
  ];
  for (const [what, sighting, words] of reasons) {
    it(`tells ${what} as “${words}”`, () => {
      const verdict = settle(standing(), observed(sighting));
      expect(verdict.kind === 'move' && sentence(verdict.reason)).toBe(words);
    });
  }
});

describe('concluding an operation', () => {
  const failed = {
    kind: 'failed',
    refusal: false,
    reason: { code: 'operation-failed', operation: 'start', fault: 'image-unavailable', detail: 'no such image' },
  } as const;

  it('a recovery that fails stands as failed, with its reason', () => {
    expect(conclude('start', 'missing', 'running', failed, seen.absent)).toEqual({
      kind: 'stands',
      state: 'failed',
      reason: failed.reason,
    });
  });

  it('a recovery that the world guard refuses stays missing', () => {
    expect(conclude('start', 'missing', 'running', { ...failed, refusal: true }, seen.absent)).toMatchObject({ state: 'missing' });
  });

  it('a start that fails with its container there stays stopped', () => {
    expect(conclude('start', 'stopped', 'running', failed, { ...seen['not-running'], exit: null })).toMatchObject({
      state: 'stopped',
      reason: failed.reason,
    });
  });

  it('a start whose process died at once stands as stopped, with its exit code', () => {
    expect(conclude('start', 'stopped', 'running', { kind: 'succeeded' }, seen['not-running'])).toMatchObject({
      state: 'stopped',
      reason: { code: 'crashed' },
    });
  });

  it('a creation that was cancelled stands as failed', () => {
    expect(conclude('create', 'creating', 'running', { kind: 'cancelled' }, seen.unknown)).toMatchObject({ state: 'failed' });
  });

  it('a delete that is cancelled before the server was ever created leaves it failed, not creating for ever', () => {
    expect(conclude('delete', 'creating', 'stopped', { kind: 'cancelled' }, seen.unknown)).toMatchObject({ state: 'failed' });
  });

  it('a creation without start ends stopped', () => {
    expect(conclude('create', 'creating', 'stopped', { kind: 'succeeded' }, { ...seen['not-running'], exit: null })).toMatchObject({
      state: 'stopped',
    });
  });

  it('a delete that fails leaves the server as it is seen', () => {
    expect(conclude('delete', 'running', 'stopped', failed, seen.running)).toMatchObject({ state: 'running' });
  });

  it('never ends in creating or deleting, and forgets only after a purge that succeeded', () => {
    const endings = [{ kind: 'succeeded' } as const, failed, { kind: 'cancelled' } as const];
    fc.assert(
      fc.property(
        fc.constantFrom(...operationKinds),
        fc.constantFrom(...states),
        fc.constantFrom('running' as const, 'stopped' as const),
        fc.constantFrom(...endings),
        fc.constantFrom(...Object.values(seen)),
        (kind, from, intent, ending, newest) => {
          const found =
            kind === 'create' || (kind === 'delete' && from === 'creating')
              ? 'creating'
              : from === 'creating' || from === 'deleting'
                ? 'running'
                : from;
          const conclusion = conclude(kind, found, intent, ending, newest);
          if (conclusion.kind === 'forgotten') return kind === 'purge' && ending.kind === 'succeeded';
          return conclusion.state !== 'creating' && conclusion.state !== 'deleting';
        },
      ),
    );
  });
});
