// What somebody is given: a row for each role and where it holds.

import { type Grant, roles, type Scope } from '@mainstay/core/access';
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { people } from '../messages/people.ts';
import { agentsQuery, serversQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { controlClass } from '../ui/field.tsx';

const words = people.grants;

export const viewerOfAll: Grant = { role: 'viewer', scope: { kind: 'everything' } };

/** A scope as the value of an option, and back. */
const optionOf = (scope: Scope) =>
  scope.kind === 'everything' ? '' : scope.kind === 'host' ? `host ${scope.agentId}` : `server ${scope.serverId}`;
function scopeOf(value: string): Scope {
  const [kind, id] = value.split(' ');
  if (kind === 'host') return { kind, agentId: id as never };
  if (kind === 'server') return { kind, serverId: id as never };
  return { kind: 'everything' };
}

export function GrantsField({ grants, onChange }: { readonly grants: readonly Grant[]; readonly onChange: (grants: Grant[]) => void }) {
  const { data: servers = [] } = useQuery(serversQuery);
  const { data: agents = [] } = useQuery(agentsQuery);
  const become = (at: number, grant: Grant) => onChange(grants.map((each, index) => (index === at ? grant : each)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-aside font-[550]">{words.role}</legend>
      {grants.map((grant, at) => (
        <div key={`${at} ${grants.length}`} className="flex flex-col gap-1">
          <div className="flex items-center gap-2">
            <select
              aria-label={words.role}
              className={`${controlClass} w-36!`}
              value={grant.role}
              onChange={({ target }) => {
                const role = roles.find((known) => known === target.value) ?? 'viewer';
                // An owner is owner of everything.
                become(at, role === 'owner' ? { role, scope: { kind: 'everything' } } : { ...grant, role });
              }}
            >
              {roles.map((role) => (
                <option key={role} value={role}>
                  {words.roles[role]}
                </option>
              ))}
            </select>
            <select
              aria-label={words.where}
              className={`${controlClass} min-w-0 flex-1`}
              value={optionOf(grant.scope)}
              disabled={grant.role === 'owner'}
              onChange={({ target }) => become(at, { ...grant, scope: scopeOf(target.value) })}
            >
              <option value="">{words.everything}</option>
              {agents.map(({ id, name }) => (
                <option key={id} value={`host ${id}`}>
                  {words.host(name)}
                </option>
              ))}
              {servers.map(({ id, name }) => (
                <option key={id} value={`server ${id}`}>
                  {words.server(name)}
                </option>
              ))}
            </select>
            {grants.length > 1 ? (
              <Button kind="quiet" label={words.remove} onPress={() => onChange(grants.filter((_, index) => index !== at))}>
                <X size={14} aria-hidden="true" />
              </Button>
            ) : null}
          </div>
          <p className="text-small text-ink-faint">{words.meanings[grant.role]}</p>
        </div>
      ))}
      <div>
        <Button size="small" onPress={() => onChange([...grants, viewerOfAll])}>
          {words.add}
        </Button>
      </div>
    </fieldset>
  );
}
