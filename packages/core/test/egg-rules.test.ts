// The rules of eggs: taken apart with care, and made questions.

import type { Matcher } from '@mainstay/core/answers';
import { type EggVariable, type RulePatterns, ruledVariable, splitRules } from '@mainstay/core/egg-rules';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const matches: NonNullable<Matcher> = (pattern, ignoreCase, text) =>
  new RegExp(pattern.replaceAll('\\pL', '\\p{L}').replaceAll('\\pN', '\\p{N}'), ignoreCase ? 'iu' : 'u').test(text);
const kindOf = (source: string) => (/\(\?[=!<]/.test(source) ? 'foreign' : /\((?!.*\))/.test(source) ? 'broken' : 'usable');
const patterns: RulePatterns = { matches, kindOf };
function ruled(rules: string | string[], value = '', more: Partial<EggVariable> = {}) {
  const list = typeof rules === 'string' ? splitRules(rules) : rules;
  return ruledVariable(
    { name: 'Label', description: '', env: 'NAME', default: value, viewable: true, editable: true, rules: list, ...more },
    'NAME',
    patterns,
  );
}

describe('rules in one text', () => {
  it('are parted by bars, but for those of a pattern', () => {
    expect(splitRules('required|string|max:20')).toEqual(['required', 'string', 'max:20']);
    expect(splitRules('required|regex:/^(a|b)|c$/i|max:3')).toEqual(['required', 'regex:/^(a|b)|c$/i', 'max:3']);
    expect(splitRules('regex:/a\\/|b/|nullable')).toEqual(['regex:/a\\/|b/', 'nullable']);
    expect(splitRules('required|string|')).toEqual(['required', 'string']);
    expect(splitRules('regex:/never closed|x')).toEqual(['regex:/never closed|x']);
    expect(splitRules('')).toEqual([]);
  });

  it('always come to an end', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(splitRules(text))));
  });
});

describe('a rule', () => {
  it.each([
    ['required|string|max:20', 'latest', { type: 'text', required: true, maxLength: 20, default: 'latest' }],
    ['required|string|between:3,12', 'latest', { type: 'text', minLength: 3, maxLength: 12 }],
    ['required|string|min:0|max:65535', '15', { type: 'text', minLength: null, maxLength: null, default: '15' }],
    ['required|integer|between:1,100', '50', { type: 'number', min: 1, max: 100, integer: true, default: 50 }],
    ['required|numeric|between:-1,255', '255', { type: 'number', min: -1, max: 255, integer: false }],
    ['required|numeric|digits_between:1,3', '20', { type: 'number', min: 0, max: 999, integer: true }],
    ['nullable|digits:4', '1234', { type: 'number', min: 1000, max: 9999 }],
    ['required|boolean', '1', { type: 'boolean', default: true, on: '1', off: '0' }],
    ['boolean', 'false', { type: 'boolean', default: false, on: 'true', off: 'false' }],
    [
      'required|string|in:vanilla,oxide',
      'oxide',
      { type: 'choice', default: 'oxide', options: [{ value: 'vanilla' }, { value: 'oxide' }] },
    ],
    [
      'required|regex:/^([\\w\\d._-]+)(\\.jar)$/',
      'server.jar',
      { type: 'text', pattern: '^([\\w\\d._-]+)(\\.jar)$', default: 'server.jar' },
    ],
    ['regex:/^a\\/b$/i', '', { type: 'text', pattern: '^a/b$', ignoreCase: true }],
    ['alpha_dash|between:1,100', 'gamesave', { type: 'text', pattern: '^[\\pL\\pN_-]+$', minLength: 1, maxLength: 100 }],
    ['nullable|url', 'http://example.com', { type: 'text', required: false, default: 'http://example.com' }],
    ['required|in:"a,b",c', 'a,b', { type: 'choice', default: 'a,b', options: [{ value: 'a,b' }, { value: 'c' }] }],
    ['numeric', '1.0', { type: 'text', default: '1.0', pattern: '^-?\\d+(?:\\.\\d+)?$' }],
    ['integer', '76561198000000001', { type: 'text', default: '76561198000000001' }],
  ] as const)('%s with the default “%s”', (rules, value, expected) => {
    const { variable, lost, lostDefault } = ruled(rules, value);
    expect(variable).toMatchObject(expected);
    expect({ lost, lostDefault }).toEqual({ lost: [], lostDefault: null });
  });

  it('that no question can say is told of', () => {
    expect(ruled('required|string|starts_with:a,b|max:5').lost).toEqual(['starts_with:a,b']);
    expect(ruled('nullable|integer|gt:0', '120').lost).toEqual(['gt:0']);
    expect(ruled('regex:/(?=a)b/').lost).toEqual(['regex:/(?=a)b/']);
    expect(ruled('regex:/a/x').lost).toEqual(['regex:/a/x']);
    expect(ruled(['required', 'alpha_num', 'regex:/^a/']).lost).toEqual(['regex:/^a/']);
    expect(ruled(['regex:/^a/', 'regex:/b$/'])).toMatchObject({ variable: { pattern: '^a' }, lost: ['regex:/b$/'] });
    expect(ruled('string|min:abc|in:').lost).toEqual(['min:abc', 'in:']);
    expect(ruled('integer|between:1,many', '1').lost).toEqual(['between:1,many']);
    expect(ruled('numeric|max:10', '1.0').lost).toEqual(['max:10']);
  });

  it('whose pattern nobody could check is broken, not left out', () => {
    expect(ruled('regex:/^(a/')).toMatchObject({ lost: [], broken: ['regex:/^(a/'] });
    expect(ruled('regex:^[a-z]+$')).toMatchObject({ lost: [], broken: ['regex:^[a-z]+$'] });
  });

  it('may refuse the egg’s own default, which is then left out', () => {
    expect(ruled('required|integer', 'many')).toMatchObject({ lostDefault: 'default', variable: { type: 'number', default: null } });
    expect(ruled('in:a,b', 'c')).toMatchObject({ lostDefault: 'default', variable: { default: null } });
    expect(ruled('required|string|max:2', 'abc')).toMatchObject({ lostDefault: 'default', variable: { default: null } });
  });
});

describe('a variable', () => {
  it('that only the panel’s owner may change is asked for out of the way', () => {
    expect(ruled('string', '', { editable: false }).variable.advanced).toBe(true);
  });

  it('whose name says so is a secret, whatever default it is shipped with', () => {
    const named = (env: string, value = '', rules = ['string'], label = '') =>
      ruledVariable({ name: label, description: '', env, default: value, viewable: true, editable: true, rules }, env, patterns);
    expect(named('RCON_PASS')).toMatchObject({ variable: { type: 'secret', label: 'RCON_PASS' }, lostDefault: null });
    for (const env of ['PASSWORD', 'ADMIN_PASSWORD', 'SERVER_TOKEN', 'SRV_PW', 'STEAM_AUTH', 'GSLT', 'LICENSE_KEY', 'PASSWORD_ADMIN']) {
      const { variable, lostDefault } = named(env, 'as-shipped');
      expect([variable.type, lostDefault]).toEqual(['secret', 'secret-default']);
      expect(JSON.stringify(variable)).not.toContain('as-shipped');
    }
    expect(named('STEAM_ACC', 'x', ['string'], 'Steam Account Token').variable.type).toBe('secret');
    expect(named('ADMIN_PASSWORD', '1234', ['integer', 'digits:4']).variable).toMatchObject({ type: 'secret', pattern: '^\\d{4,4}$' });
    expect(named('PASSWORD_REQUIRED', '1', ['boolean']).variable).toMatchObject({ type: 'boolean', default: true });
    expect(named('MAP', 'world').variable).toMatchObject({ type: 'text', default: 'world' });
  });
});
