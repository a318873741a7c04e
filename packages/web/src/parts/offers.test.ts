// What the page offers, held against the lifecycle table that it is read off.

import { actions, openActions, permission, states } from '@mainstay/core/lifecycle';
import { describe, expect, it } from 'vitest';
import { sampleOperation, sampleServer } from '../testing/samples.ts';
import { offerOf, offersOf, primaryOffer } from './offers.ts';

describe('what is offered in a state', () => {
  it.each(states)('%s: all nine, the open ones as the lifecycle table has them, the others with its reason', (state) => {
    const offers = offersOf(sampleServer({ state }));
    expect(offers.map(({ action }) => action)).toEqual(actions);
    expect(offers.filter(({ refusal }) => refusal === null).map(({ action }) => action)).toEqual(openActions(state));
    for (const { action, refusal } of offers) {
      const allowed = permission(state, action);
      if (allowed !== 'yes') expect(refusal).toBe(allowed.no);
    }
  });

  it.each(states)('%s: the primary one is open', (state) => {
    expect(primaryOffer(sampleServer({ state }))?.refusal ?? null).toBeNull();
  });
});

describe('start', () => {
  it.each([
    ['stopped', 'Start'],
    ['missing', 'Recover'],
    ['failed', 'Try again'],
  ])('of a %s server reads “%s”', (state, label) => expect(primaryOffer(sampleServer({ state }))?.label).toBe(label));

  it('over data that is gone says so, and asks first', () => {
    const offer = offerOf(sampleServer({ state: 'missing', dataExists: 'no' }), 'start');
    expect(offer.label).toBe('Start with an empty world…');
    expect(offer.consequence).toBe('ask-empty-world');
  });

  it('of a server without volumes has no world to miss', () => {
    expect(offerOf(sampleServer({ state: 'missing', dataExists: 'no', volumes: [] }), 'start').consequence).toBe('operate');
  });
});

describe('on a host that is not heard', () => {
  const host = { name: 'attic', online: false, lastHeardAt: 1, engine: 'ok' };

  it('what takes the host waits for it and says so', () => {
    const offer = offerOf(sampleServer({ host }), 'stop');
    expect(offer.label).toBe('Stop when heard');
    expect(offer.hint).toContain('attic');
    expect(offer.refusal).toBeNull();
  });

  it('what takes the record alone does not', () => {
    expect(offerOf(sampleServer({ host }), 'configure').label).toBe('Settings…');
    expect(offerOf(sampleServer({ host, state: 'deleted' }), 'restore').label).toBe('Restore');
  });
});

describe('while an operation is open', () => {
  it('a second one is refused with what the first does', () => {
    const busy = sampleServer({ operation: sampleOperation({ kind: 'stop' }) });
    expect(offerOf(busy, 'restart').refusal).toContain('Stopping');
    expect(offerOf(busy, 'configure').refusal).toBeNull();
  });

  it('a server in the making can be deleted all the same', () => {
    const making = sampleServer({ state: 'creating', operation: sampleOperation({ kind: 'create' }) });
    expect(offerOf(making, 'delete').refusal).toBeNull();
  });
});
