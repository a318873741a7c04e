// The line below a server’s name.

import { describe, expect, it } from 'vitest';
import { moment, sampleServer } from '../testing/samples.ts';
import { phrasesOf } from './sentences.ts';

describe('the line below a server’s name', () => {
  const said = (told: Parameters<typeof sampleServer>[0]) =>
    phrasesOf(sampleServer(told), moment)
      .map(({ words }) => words)
      .join(' · ');

  it('says nothing that the state’s word says already', () => {
    expect(said({})).toBe('mainstay/sample-server:1');
  });

  it('says what a rebuild would apply', () => {
    expect(said({ outdated: ['image', 'env'] })).toBe('mainstay/sample-server:1 · rebuild applies: image, env');
  });

  it('says of a lost container what is safe', () => {
    expect(said({ state: 'missing', stateCause: { code: 'removed-outside' } })).toMatch(/^container removed outside · data safe/);
    expect(said({ state: 'missing', stateCause: { code: 'removed-outside' }, dataExists: 'no' })).toMatch(/data gone/);
  });

  it('says of a clone that its data has not come yet', () => {
    const dataFrom = { serverId: sampleServer({}).id, name: 'harbour' };
    expect(said({ state: 'failed', dataFrom })).toMatch(/^its data is still to be copied from harbour · /);
  });

  it('says of a deleted server how long it is kept', () => {
    expect(said({ state: 'deleted', purgeAt: moment + 3_600_000 })).toMatch(/^purged in .*\d+ (?:h|min)\b.* · name and ports held/);
    expect(said({ state: 'deleted', purgeAt: null })).toMatch(/^kept until somebody purges it · name and ports held/);
  });
});
