// History, as sentences.

import { describe, expect, it } from 'vitest';
import { moment, sampleEvent } from '../testing/samples.ts';
import { causeText, happeningText } from './happenings.ts';

describe('history', () => {
  it('tells what happened and by whom, each once', () => {
    const event = sampleEvent({
      cause: { by: 'operation', who: 'mara', operation: 'start' },
      happening: { kind: 'server-state', from: 'stopped', to: 'running', reason: { code: 'operation', operation: 'start' } },
    });
    expect(happeningText(event.happening)).toBe('Running');
    expect(causeText(event)).toBe('by mara');
  });

  it('tells an observation as one', () => {
    const event = sampleEvent({
      happening: {
        kind: 'server-state',
        from: 'running',
        to: 'stopped',
        reason: { code: 'crashed', exit: { code: 3, outOfMemory: false, asked: false, at: moment } },
      },
    });
    expect(happeningText(event.happening)).toBe('Stopped: crashed with exit code 3');
    expect(causeText(event)).toBe('seen on the host');
  });

  it('tells that data came back', () => {
    expect(happeningText({ kind: 'server-data', from: 'no', to: 'yes' })).toBe('Its data is there again');
  });
});
