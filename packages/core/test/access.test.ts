// Who may do what: grants only add up, hold where they are given and nowhere else, and a token never does more than its person.

import {
  type Access,
  actionRights,
  type Grant,
  may,
  maySomewhere,
  type Right,
  reaches,
  rights,
  roles,
  type Target,
} from '@mainstay/core/access';
import type { AgentId, ServerId } from '@mainstay/core/id';
import { actions } from '@mainstay/core/lifecycle';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const hosts = ['attic', 'basement'] as AgentId[];
const servers = ['lobby', 'arena', 'island'].map((id, at) => ({ serverId: id as ServerId, agentId: hosts[at % 2]! }));
const targets: Target[] = [
  { kind: 'installation' },
  ...hosts.map((agentId) => ({ kind: 'host', agentId }) as const),
  ...servers.map((server) => ({ kind: 'server', ...server }) as const),
];
const allRights = Object.keys(rights) as Right[];

const grant: fc.Arbitrary<Grant> = fc.record({
  role: fc.constantFrom(...roles),
  scope: fc.constantFrom(
    { kind: 'everything' } as const,
    ...hosts.map((agentId) => ({ kind: 'host', agentId }) as const),
    ...servers.map(({ serverId }) => ({ kind: 'server', serverId }) as const),
  ),
});
const grants = fc.array(grant, { maxLength: 4 });
const access: fc.Arbitrary<Access> = fc.record({ grants, within: fc.option(grants) });
const right = fc.constantFrom(...allRights);
const target = fc.constantFrom(...targets);

describe('the table of rights', () => {
  it('gives each role all that the one below it has', () => {
    for (const [at, role] of roles.entries()) {
      const below = roles[at + 1];
      for (const each of allRights) if (below && rights[each][below]) expect(rights[each][role], `${role} ${each}`).toBe(true);
    }
  });

  it('lets a viewer see and nothing else, and an owner do all', () => {
    expect(allRights.filter((each) => rights[each].viewer)).toEqual(['see']);
    expect(allRights.every((each) => rights[each].owner)).toBe(true);
  });

  it('knows what each action on a server takes, and for none is seeing enough', () => {
    for (const action of actions) expect(actionRights[action]).not.toBe('see');
  });
});

describe('grants', () => {
  it('only add up', () => {
    fc.assert(
      fc.property(grants, grant, right, target, (given, more, asked, on) => {
        if (may({ grants: given, within: null }, asked, on)) {
          expect(may({ grants: [...given, more], within: null }, asked, on)).toBe(true);
        }
      }),
    );
  });

  it('for a host reach its servers, for a server that one alone', () => {
    const [attic] = hosts;
    const ofHost: Access = { grants: [{ role: 'operator', scope: { kind: 'host', agentId: attic! } }], within: null };
    expect(targets.filter((on) => may(ofHost, 'operate', on))).toEqual([
      { kind: 'host', agentId: 'attic' },
      { kind: 'server', serverId: 'lobby', agentId: 'attic' },
      { kind: 'server', serverId: 'island', agentId: 'attic' },
    ]);
    const ofServer: Access = { grants: [{ role: 'admin', scope: { kind: 'server', serverId: servers[1]!.serverId } }], within: null };
    expect(targets.filter((on) => may(ofServer, 'see', on))).toEqual([{ kind: 'server', serverId: 'arena', agentId: 'basement' }]);
    expect(may(ofServer, 'templates', { kind: 'installation' })).toBe(false);
  });

  it('of a token never let it do more than its person may', () => {
    fc.assert(
      fc.property(grants, grants, right, target, (own, persons, asked, on) => {
        if (may({ grants: own, within: persons }, asked, on)) expect(may({ grants: persons, within: null }, asked, on)).toBe(true);
        if (!may({ grants: own, within: null }, asked, on)) expect(may({ grants: own, within: persons }, asked, on)).toBe(false);
      }),
    );
  });

  it('say the same as a list’s condition: what is reached is what one may', () => {
    fc.assert(
      fc.property(access, right, fc.constantFrom(...servers), (held, asked, server) => {
        const listed = reaches(held, asked).every(
          (reach) => reach === 'everywhere' || reach.agentIds.has(server.agentId) || reach.serverIds.has(server.serverId),
        );
        expect(listed).toBe(may(held, asked, { kind: 'server', ...server }));
      }),
    );
  });

  it('let do somewhere what they let do anywhere', () => {
    fc.assert(
      fc.property(access, right, target, (held, asked, on) => {
        if (may(held, asked, on)) expect(maySomewhere(held, asked)).toBe(true);
      }),
    );
  });
});
