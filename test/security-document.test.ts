// docs/security.md names a test for each threat: each is where it says.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const document = readFileSync(join(root, 'docs/security.md'), 'utf8');
const rows = document.split('\n').filter((line) => line.startsWith('| ') && line.includes('.test.ts`'));
const named = rows.map((row): [file: string, title: string] => {
  const [, file = '', title = ''] = /`([^`]+\.test\.ts)`: (.+?) \|$/.exec(row) ?? [];
  return [file, title];
});

it.each(named)('%s has a test: %s', (file, title) => {
  const text = readFileSync(join(root, file), 'utf8');
  const titles = [...text.matchAll(/(?:\b(?:test|it|describe)(?:\.\w+)*|\))\(\s*(['"`])(.*?)\1/g)].map((match) => match[2]);
  expect(titles.filter((each) => each?.includes(title))).not.toEqual([]);
});

it('each row of a table of threats names its test', () => {
  const threats = document.slice(document.indexOf('## Threats'), document.indexOf('## What is not'));
  const said = threats.split('\n').filter((line) => /^\| (?!threat |---)/.test(line) && !line.startsWith('|---'));
  expect(said.length).toBeGreaterThan(20);
  expect(said).toEqual(rows);
});
