// The ports of a server's description: a free one is suggested, and the one that is typed is asked for on the host.

import type { AgentId } from '@mainstay/core/id';
import { protocols } from '@mainstay/core/server';
import type { Server } from '@mainstay/wire/servers';
import { useQuery } from '@tanstack/react-query';
import { text } from '../messages.ts';
import { agentsQuery, serversQuery } from '../queries.ts';
import { Field } from '../ui/field.tsx';
import { type PortRow, rowKey } from './draft.ts';
import { pointer } from './field-errors.ts';
import { Cell, changed, type Form, RemoveRow, Rows, removed } from './field-rows.tsx';
import { ownPorts, PortNote, placeOf, suggestedPorts } from './port-check.tsx';

const portGrid =
  'grid grid-cols-[minmax(0,1.2fr)_6rem_minmax(0,1fr)_minmax(0,1fr)_auto] items-start gap-2 max-sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] max-sm:[&>:last-child]:col-start-3 max-sm:[&>:last-child]:row-start-1';
interface PortRowsProps {
  readonly form: Form;
  readonly agentId: AgentId | null;
  readonly server: Server | null;
}

export function PortRows({ form, agentId, server }: PortRowsProps) {
  const { ports } = form.draft;
  const { data: agents } = useQuery(agentsQuery);
  const { data: servers } = useQuery(serversQuery);
  const place = placeOf(agents, agentId, ownPorts(server));
  const suggestions = place ? suggestedPorts(ports, place.agent, servers ?? []) : [];
  const set = (next: readonly PortRow[], at?: string) => form.change({ ports: next }, at);
  const blank = (): PortRow => ({ key: rowKey(), name: '', protocol: 'tcp', containerPort: '', hostPort: '' });
  return (
    <Rows
      title={text.form.ports}
      heads={[text.form.portName, text.form.protocol, text.form.containerPort, text.form.hostPort]}
      grid={portGrid}
      error={form.errorAt(pointer('ports'))}
      add={text.form.addPort}
      onAdd={() => set([...ports, blank()])}
    >
      {ports.map((port, at) => {
        const context = text.form.ofRow(text.form.port, at + 1);
        return (
          <div key={port.key} className={portGrid}>
            <Cell
              form={form}
              at={pointer('ports', at, 'name')}
              context={context}
              label={text.form.portName}
              value={port.name}
              onChange={(name) => set(changed(ports, { ...port, name }), pointer('ports', at, 'name'))}
            />
            <Field context={context} label={text.form.protocol} labelHidden error={form.errorAt(pointer('ports', at, 'protocol'))}>
              {(attributes) => (
                <select
                  {...attributes}
                  value={port.protocol}
                  onChange={({ target }) =>
                    set(changed(ports, { ...port, protocol: protocols.find((known) => known === target.value) ?? 'tcp' }))
                  }
                >
                  {protocols.map((protocol) => (
                    <option key={protocol}>{protocol}</option>
                  ))}
                </select>
              )}
            </Field>
            <Cell
              form={form}
              at={pointer('ports', at, 'containerPort')}
              context={context}
              label={text.form.containerPort}
              value={port.containerPort}
              numeric
              onChange={(containerPort) => set(changed(ports, { ...port, containerPort }), pointer('ports', at, 'containerPort'))}
            />
            <Cell
              form={form}
              at={pointer('ports', at, 'hostPort')}
              context={context}
              label={text.form.hostPort}
              placeholder={text.form.hostPortFree}
              value={port.hostPort}
              numeric
              hint={
                place ? (
                  <PortNote
                    place={place}
                    port={port}
                    suggestion={suggestions[at] ?? null}
                    onUse={(hostPort) => set(changed(ports, { ...port, hostPort }), pointer('ports', at, 'hostPort'))}
                  />
                ) : undefined
              }
              onChange={(hostPort) => set(changed(ports, { ...port, hostPort }), pointer('ports', at, 'hostPort'))}
            />
            <RemoveRow what={port.name || text.form.nth(text.form.port, at + 1)} onPress={() => set(removed(ports, port))} />
          </div>
        );
      })}
    </Rows>
  );
}
