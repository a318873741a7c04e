// The place of a port on the host: one is suggested, and what is typed is asked for there.

import type { Agent } from '@mainstay/wire/agents';
import { text } from '../messages.ts';
import { Field } from '../ui/field.tsx';
import type { PortRow } from './draft.ts';
import { ownPorts, PortNote } from './port-check.tsx';

interface HostPortFieldProps {
  readonly label: string;
  /** What it is inside the container. */
  readonly about: string;
  readonly host: Agent | undefined;
  /** The ports that get this one number, TCP and UDP of a pair, each with what the host would most likely give. */
  readonly ports: readonly { readonly port: PortRow; readonly suggestion: number | null }[];
  readonly value: string;
  readonly error: string | undefined;
  readonly onType: (hostPort: string) => void;
}

export function HostPortField({ label, about, host, ports, value, error, onType }: HostPortFieldProps) {
  const place = host ? { agent: host, own: ownPorts(null) } : null;
  const hint = (
    <span className="flex flex-col items-start">
      <span>{about}</span>
      {place
        ? ports.map(({ port, suggestion }, which) => (
            // Both of a pair have one number: it is suggested once.
            <PortNote key={port.name} place={place} port={port} suggestion={which === 0 ? suggestion : null} onUse={onType} />
          ))
        : null}
    </span>
  );
  return (
    <Field label={label} hint={hint} error={error}>
      {(attributes) => (
        <input
          {...attributes}
          value={value}
          placeholder={text.form.hostPortFree}
          inputMode="numeric"
          autoComplete="off"
          onChange={({ target }) => onType(target.value)}
        />
      )}
    </Field>
  );
}
