// The JSON Schema that editors check templates by: it takes what the reader takes, as people write it, and nothing else.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { templateSchema } from '../src/http/templates.ts';
import { readTemplateText } from '../src/template-text.ts';
import { templatesDirectory } from './harness.ts';

const schema = z.fromJSONSchema(templateSchema());
/** Where a template does not fit the schema. */
const misfits = (template: unknown) => schema.safeParse(template).error?.issues ?? [];

const filesIn = (directory: string) => readdirSync(directory).filter((name) => /\.(?:json|yaml)$/.test(name));
const eggs = join(import.meta.dirname, 'fixtures/eggs');
const document = readFileSync(join(import.meta.dirname, '../../../docs/templates.md'), 'utf8');
const example = /```yaml\n([\s\S]*?)```/.exec(document)?.[1] ?? '';

describe('the published schema', () => {
  it.each(filesIn(templatesDirectory))('takes %s as it is written', (name) => {
    expect(misfits(parse(readFileSync(join(templatesDirectory, name), 'utf8')))).toEqual([]);
  });

  it.each(filesIn(eggs))('takes what %s is exported as', (name) => {
    expect(misfits(parse(readTemplateText(readFileSync(join(eggs, name), 'utf8')).yaml))).toEqual([]);
  });

  it('takes the example of the documentation', () => {
    expect(misfits(parse(example))).toEqual([]);
  });

  it.each([
    ['without a name', { name: undefined }],
    ['with a field that is not known', { surprise: 1 }],
    ['of another format', { format: 'mainstay-template/9' }],
    ['with a variable of a kind that is none', { variables: [{ type: 'mood', name: 'A', label: 'A' }] }],
    ['with a variable that has a field of another kind', { variables: [{ type: 'boolean', name: 'A', label: 'A', min: 1 }] }],
    ['with a number in the wrong place', { server: { image: 'x', stop: { graceSeconds: 'long' } } }],
    ['with a field of the server that is not known', { server: { image: 'x', privileged: true } }],
  ])('refuses one %s', (_, changes) => {
    const good = { name: 'x', server: { image: 'x' } };
    expect(misfits(good)).toEqual([]);
    expect(misfits({ ...good, ...changes })).not.toEqual([]);
  });
});
