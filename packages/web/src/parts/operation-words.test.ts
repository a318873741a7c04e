// Operations, as they are told while they run.

import { describe, expect, it } from 'vitest';
import { sampleOperation } from '../testing/samples.ts';
import { operationText, shareOf } from './operation-words.ts';

describe('an operation', () => {
  it('says what it does and how far it is', () => {
    const pulling = sampleOperation({ progress: { done: 212e6, total: 388e6, unit: 'bytes' } });
    expect(operationText(pulling)).toBe('Starting · pulling the image · 212 of 388 MB');
    expect(shareOf(pulling.progress)).toBeCloseTo(0.546, 2);
  });

  it('says what it waits for', () => {
    expect(operationText(sampleOperation({ state: 'waiting', waitingFor: 'the host to be heard again' }))).toBe(
      'Starting · waiting: the host to be heard again',
    );
  });

  it('tells a step it does not know as the manager names it', () => {
    expect(operationText(sampleOperation({ step: 'polish-brass' }))).toBe('Starting · polish brass');
  });
});
