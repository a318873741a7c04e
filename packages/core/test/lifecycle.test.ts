// The tables against the design's promises, said here a second time on purpose: whoever changes a promise has to say
// so in two places.

import { actions, operationKinds, operations, permission, permissions, settling, sightings, states } from '@mainstay/core/lifecycle';
import { describe, expect, it } from 'vitest';

describe('what a person can do in each state', () => {
  const promised: Record<(typeof states)[number], string> = {
    creating: 'delete',
    running: 'stop restart rebuild configure clone delete',
    stopped: 'start rebuild configure clone delete',
    missing: 'start configure clone delete purge',
    failed: 'start configure clone delete purge',
    deleted: 'clone restore purge',
    deleting: '',
  };
  for (const state of states) {
    it(`${state}: ${promised[state] || 'nothing'}`, () => {
      const open = actions.filter((action) => permission(state, action) === 'yes');
      expect(open.join(' ')).toBe(promised[state]);
    });
  }

  it('says why not, in a sentence, wherever it refuses', () => {
    for (const state of states) {
      for (const action of actions) {
        const cell = permissions[state][action];
        if (cell !== 'yes') expect(cell.no, `${state} × ${action}`).toMatch(/^[A-Z].{10,}\.$/);
      }
    }
  });
});

describe('what an observation means in each state', () => {
  const promised = {
    creating: ['operation', 'operation', 'operation'],
    running: ['keep', 'stopped', 'missing'],
    stopped: ['running', 'keep', 'missing'],
    missing: ['running', 'stopped', 'keep'],
    failed: ['running', 'stopped', 'keep'],
    deleted: ['stray', 'stray', 'keep'],
    deleting: ['operation', 'operation', 'operation'],
  } satisfies Record<(typeof states)[number], string[]>;
  for (const state of states) {
    it(`${state}: running ${promised[state][0]}, not running ${promised[state][1]}, absent ${promised[state][2]}`, () => {
      expect([settling[state].running, settling[state]['not-running'], settling[state].absent]).toEqual(promised[state]);
    });
  }

  it('is nothing at all when nobody could look', () => {
    for (const state of states) expect(settling[state].unknown).toBe('keep');
    expect(sightings).toContain('unknown');
  });
});

describe('what an operation makes of a state', () => {
  it('only a purge forgets', () => {
    expect(operationKinds.filter((kind) => operations[kind].succeeded === 'forgotten')).toEqual(['purge']);
  });

  it('only a creation and a purge have a state of their own while they are open', () => {
    expect(operationKinds.filter((kind) => operations[kind].during !== 'from')).toEqual(['create', 'purge']);
  });
});
