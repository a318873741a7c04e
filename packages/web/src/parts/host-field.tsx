// The host of a new server, where there is more than one to choose from.

import type { Agent } from '@mainstay/wire/agents';
import { text } from '../messages.ts';
import { Field } from '../ui/field.tsx';
import { silenceOfHost } from './hearing.ts';

interface HostFieldProps {
  readonly agents: readonly Agent[];
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (agentId: string) => void;
}

export function HostField({ agents, value, error, onChange }: HostFieldProps) {
  if (agents.length < 2) return null;
  return (
    <Field label={text.form.host} error={error}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={({ target }) => onChange(target.value)}>
          {agents.map((agent) => (
            <option key={agent.id} value={agent.id} disabled={agent.draining}>
              {agent.draining
                ? text.form.draining(agent.name)
                : silenceOfHost(agent) === null
                  ? agent.name
                  : text.form.notHeard(agent.name)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** The host that a new server most likely is for: the wanted one, else one that is heard. */
export function likelyHost(agents: readonly Agent[], wanted?: string): Agent | undefined {
  const open = agents.filter(({ draining }) => !draining);
  return open.find(({ id }) => id === wanted) ?? open.find((agent) => silenceOfHost(agent) === null) ?? open[0] ?? agents[0];
}
