// The docs read the lifecycle table: what is committed is what the table says today.

import { readFileSync } from 'node:fs';
import { actions, permission, states } from '@mainstay/core/lifecycle';
import { describe, expect, it } from 'vitest';
import { diagram, documentPath, lifecycleDocument, readmePath, withDiagram } from '../tools/lifecycle-document.ts';

describe('docs/lifecycle.md', () => {
  it('is made from today’s tables (else: npm run docs)', () => {
    expect(readFileSync(documentPath, 'utf8')).toBe(lifecycleDocument());
  });

  it('says every refusal in the table’s own words', () => {
    const text = lifecycleDocument();
    for (const state of states) {
      for (const action of actions) {
        const cell = permission(state, action);
        if (cell !== 'yes') expect(text).toContain(cell.no);
      }
    }
  });
});

describe('the README', () => {
  it('has today’s diagram (else: npm run docs)', () => {
    const readme = readFileSync(readmePath, 'utf8');
    expect(withDiagram(readme)).toBe(readme);
    expect(readme).toContain(diagram());
  });
});
