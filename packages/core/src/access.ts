// Who may do what: the one table of rights, role × right. The API's guard, the command line, the page and the tests are read
// off it. A grant is a role for everything, for a host with its servers, or for one server; grants only ever add up.

import type { AgentId, ServerId } from './id.ts';
import type { Action } from './lifecycle.ts';

/** From the one that may do all to the one that only looks. */
export const roles = ['owner', 'admin', 'operator', 'viewer'] as const;
export type Role = (typeof roles)[number];

const yes = true;
const no = false;

/** Right × role; `does` ends the sentence “You may not …”. */
export const rights = {
  //                                                                                         owner       admin       operator       viewer
  see:           { does: 'see this',                                                         owner: yes, admin: yes, operator: yes, viewer: yes },
  operate:       { does: 'start, stop or restart servers, or write to their consoles',       owner: yes, admin: yes, operator: yes, viewer: no },
  configure:     { does: 'change or rebuild servers',                                        owner: yes, admin: yes, operator: no,  viewer: no },
  create:        { does: 'create servers here',                                              owner: yes, admin: yes, operator: no,  viewer: no },
  delete:        { does: 'delete or restore servers',                                        owner: yes, admin: yes, operator: no,  viewer: no },
  purge:         { does: 'purge servers or remove what is left of them',                     owner: yes, admin: yes, operator: no,  viewer: no },
  hosts:         { does: 'manage hosts',                                                     owner: yes, admin: yes, operator: no,  viewer: no },
  templates:     { does: 'make or change templates',                                         owner: yes, admin: yes, operator: no,  viewer: no },
  notifications: { does: 'see or change who is notified',                                    owner: yes, admin: yes, operator: no,  viewer: no },
  inwards:       { does: 'have messages sent into private networks',                           owner: yes, admin: no,  operator: no,  viewer: no },
  settings:      { does: 'change the settings',                                              owner: yes, admin: yes, operator: no,  viewer: no },
  audit:         { does: 'read the audit log',                                               owner: yes, admin: yes, operator: no,  viewer: no },
  accounts:      { does: 'manage people and what they may do',                               owner: yes, admin: no,  operator: no,  viewer: no },
} as const satisfies Record<string, { readonly does: string } & Record<Role, boolean>>;

export type Right = keyof typeof rights;

export type Scope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'host'; readonly agentId: AgentId }
  | { readonly kind: 'server'; readonly serverId: ServerId };

export interface Grant {
  readonly role: Role;
  readonly scope: Scope;
}

/** What somebody may do: what their grants say and, of a token that a person made, no more than that person may. */
export interface Access {
  readonly grants: readonly Grant[];
  readonly within: readonly Grant[] | null;
}

/** What a right is asked on. Everything that is no host's and no server's is the installation's. */
export type Target =
  | { readonly kind: 'installation' }
  | { readonly kind: 'host'; readonly agentId: AgentId }
  | { readonly kind: 'server'; readonly serverId: ServerId; readonly agentId: AgentId };

/** Where a right holds. */
export type Reach = 'everywhere' | { readonly agentIds: ReadonlySet<AgentId>; readonly serverIds: ReadonlySet<ServerId> };

export const ownerOfAll: readonly Grant[] = [{ role: 'owner', scope: { kind: 'everything' } }];

/** Nobody: may do nothing. */
export const noAccess: Access = { grants: [], within: null };

export function may({ grants, within }: Access, right: Right, target: Target): boolean {
  return allows(grants, right, target) && (within === null || allows(within, right, target));
}

/** Whether there is anything at all on which it may be. */
export function maySomewhere({ grants, within }: Access, right: Right): boolean {
  const has = (given: readonly Grant[]) => given.some(({ role }) => rights[right][role]);
  return has(grants) && (within === null || has(within));
}

function allows(grants: readonly Grant[], right: Right, target: Target): boolean {
  return grants.some(({ role, scope }) => rights[right][role] && covers(scope, target));
}

function covers(scope: Scope, target: Target): boolean {
  if (scope.kind === 'everything') return true;
  if (target.kind === 'installation') return false;
  if (scope.kind === 'host') return scope.agentId === target.agentId;
  return target.kind === 'server' && scope.serverId === target.serverId;
}

/** Where each half of an access gives a right: it holds where all of them do. */
export function reaches({ grants, within }: Access, right: Right): Reach[] {
  return (within === null ? [grants] : [grants, within]).map((given) => reachOf(given, right)).filter((reach) => reach !== 'everywhere');
}

function reachOf(grants: readonly Grant[], right: Right): Reach {
  const scopes = grants.filter(({ role }) => rights[right][role]).map(({ scope }) => scope);
  if (scopes.some(({ kind }) => kind === 'everything')) return 'everywhere';
  return {
    agentIds: new Set(scopes.flatMap((scope) => (scope.kind === 'host' ? scope.agentId : []))),
    serverIds: new Set(scopes.flatMap((scope) => (scope.kind === 'server' ? scope.serverId : []))),
  };
}

/** Why somebody may not, and what would help: the 403's detail and the page's tooltip. */
export function missing(right: Right): string {
  const enough = roles.filter((role) => rights[right][role]);
  return `You may not ${rights[right].does}: that takes the role ${listed(enough)}. An owner can give it to you.`;
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

/** What each action on a server takes. */
export const actionRights = {
  start: 'operate',
  stop: 'operate',
  restart: 'operate',
  rebuild: 'configure',
  configure: 'configure',
  clone: 'create',
  delete: 'delete',
  restore: 'delete',
  purge: 'purge',
} as const satisfies Record<Action, Right>;
