// The fields of a server's description, for a new one and for one that is changed. Each shows what is wrong with it
// beside itself.

import type { AgentId } from '@mainstay/core/id';
import { protocols, restartPolicies } from '@mainstay/core/server';
import type { Server } from '@mainstay/wire/servers';
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { Children, type ReactNode, useId } from 'react';
import { text } from '../messages.ts';
import { agentsQuery, imagesQuery, serversQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { type Draft, type PortRow, pointer, rowKey, sampleImage } from './draft.ts';
import { ownPorts, PortNote, placeOf, suggestedPorts } from './port-check.tsx';
import type { DraftForm } from './use-draft.ts';

type Form = Pick<DraftForm<unknown>, 'draft' | 'errorAt' | 'change'>;

export interface ServerFieldsProps {
  readonly form: Form;
  /** The host whose images are suggested and whose ports are asked for. */
  readonly agentId: AgentId | null;
  /** The server that is changed; left out: a new one. */
  readonly server?: Server;
}

export function ServerFields({ form, agentId, server }: ServerFieldsProps) {
  const { draft } = form;
  return (
    <>
      <TextField form={form} at={pointer('name')} field="name" label={text.form.name} hint={text.form.nameHint} />
      <ImageField form={form} agentId={agentId} />
      <PortRows form={form} agentId={agentId} server={server ?? null} />
      <VolumeRows form={form} />
      <EnvRows form={form} />
      <details open={isUnusual(draft) || undefined} className="group">
        <summary className="text-aside font-[550] text-ink-soft hover:text-ink">{text.form.more}</summary>
        <div className="mt-4 flex flex-col gap-5">
          <CommandField form={form} />
          <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
            <TextField
              form={form}
              at={pointer('limits', 'memoryMb')}
              field="memoryMb"
              label={text.form.memory}
              placeholder={text.form.noLimit}
              numeric
            />
            <TextField
              form={form}
              at={pointer('limits', 'cpus')}
              field="cpus"
              label={text.form.cpus}
              placeholder={text.form.noLimit}
              numeric
            />
            <TextField
              form={form}
              at={pointer('stop', 'signal')}
              field="signal"
              label={text.form.signal}
              placeholder={text.form.imageSignal}
            />
            <TextField
              form={form}
              at={pointer('stop', 'graceSeconds')}
              field="graceSeconds"
              label={text.form.grace}
              hint={text.form.graceHint}
              numeric
            />
          </div>
          <Field label={text.form.restart} error={form.errorAt(pointer('restart'))}>
            {(attributes) => (
              <select
                {...attributes}
                value={draft.restart}
                onChange={({ target }) =>
                  form.change({ restart: restartPolicies.find((policy) => policy === target.value) ?? draft.restart })
                }
              >
                {restartPolicies.map((policy) => (
                  <option key={policy} value={policy}>
                    {text.form.restartPolicies[policy]}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
      </details>
    </>
  );
}

/** Whether the folded part holds anything but what most servers have. */
function isUnusual({ command, memoryMb, cpus, signal, graceSeconds, restart }: Draft): boolean {
  return command !== '' || memoryMb !== '' || cpus !== '' || signal !== '' || graceSeconds !== '30' || restart !== 'unless-stopped';
}

type TextKey = { [Key in keyof Draft]: Draft[Key] extends string ? Key : never }[keyof Draft];

interface TextFieldProps {
  readonly form: Form;
  readonly field: TextKey;
  readonly at: string;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly numeric?: boolean;
}

function TextField({ form, field, at, label, hint, placeholder, numeric = false }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={form.errorAt(at)}>
      {(attributes) => (
        <input
          {...attributes}
          value={form.draft[field]}
          placeholder={placeholder}
          inputMode={numeric ? 'decimal' : undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={({ target }) => form.change({ [field]: target.value }, at)}
        />
      )}
    </Field>
  );
}

function ImageField({ form, agentId }: ServerFieldsProps) {
  const listId = useId();
  const { data } = useQuery({ ...imagesQuery(agentId ?? ('' as AgentId)), enabled: agentId !== null });
  const references = [...new Set([sampleImage, ...(data?.items ?? []).map(({ reference }) => reference)])];
  return (
    <Field label={text.form.image} hint={text.form.imageHint} error={form.errorAt(pointer('image'))}>
      {(attributes) => (
        <>
          <input
            {...attributes}
            list={listId}
            value={form.draft.image}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            onChange={({ target }) => form.change({ image: target.value }, pointer('image'))}
            className={`${attributes.className} font-mono text-[12.5px]`}
          />
          <datalist id={listId}>
            {references.map((reference) => (
              <option key={reference} value={reference} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

function CommandField({ form }: { readonly form: Form }) {
  const wrong = form.draft.command.split('\n').map((_, at) => form.errorAt(pointer('command', at)));
  return (
    <Field
      label={text.form.command}
      hint={text.form.commandHint}
      error={wrong.find((error) => error !== undefined) ?? form.errorAt(pointer('command'))}
    >
      {(attributes) => (
        <textarea
          {...attributes}
          rows={3}
          value={form.draft.command}
          spellCheck={false}
          onChange={({ target }) => form.change({ command: target.value }, pointer('command'))}
          className={`${attributes.className} font-mono text-[12.5px]`}
        />
      )}
    </Field>
  );
}

const portGrid =
  'grid grid-cols-[minmax(0,1.2fr)_6rem_minmax(0,1fr)_minmax(0,1fr)_auto] items-start gap-2 max-sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] max-sm:[&>:last-child]:col-start-3 max-sm:[&>:last-child]:row-start-1';
const pairGrid = 'grid grid-cols-[minmax(0,1fr)_minmax(0,2fr)_auto] items-start gap-2';

interface RowsProps {
  readonly title: string;
  readonly hint?: string;
  /** What stands over the columns, and the grid that they share with the rows. Screen readers have it from each field’s own label. */
  readonly heads: readonly string[];
  readonly grid: string;
  readonly error?: string | undefined;
  readonly add: string;
  readonly onAdd: () => void;
  readonly children: ReactNode;
}

function Rows({ title, hint, heads, grid, error, add, onAdd, children }: RowsProps) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-aside font-[550]">{title}</legend>
      {hint ? <p className="-mt-1 text-small text-ink-faint">{hint}</p> : null}
      {Children.count(children) > 0 ? (
        <div aria-hidden="true" className={`${grid} -mb-1 text-small text-ink-faint max-sm:hidden`}>
          {heads.map((head) => (
            <span key={head}>{head}</span>
          ))}
          <span className="w-9" />
        </div>
      ) : null}
      {children}
      {error ? <p className="text-small text-failed">{error}</p> : null}
      <div>
        <Button size="small" onPress={onAdd}>
          {add}
        </Button>
      </div>
    </fieldset>
  );
}

interface CellProps {
  readonly form: Form;
  /** Left out: what is wrong with it is told beside the row’s first field. */
  readonly at?: string;
  /** The row it belongs to. */
  readonly context: string;
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly mono?: boolean;
  readonly numeric?: boolean;
  readonly hint?: ReactNode;
  readonly onChange: (value: string) => void;
}

/** A field of a row: its label stands over the column, so that rows stay one line high. */
function Cell({ form, at, context, label, value, placeholder, mono = false, numeric = false, hint, onChange }: CellProps) {
  return (
    <Field context={context} label={label} labelHidden hint={hint} error={at === undefined ? undefined : form.errorAt(at)}>
      {(attributes) => (
        <input
          {...attributes}
          value={value}
          placeholder={placeholder}
          inputMode={numeric ? 'numeric' : undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={({ target }) => onChange(target.value)}
          className={`${attributes.className} ${mono ? 'font-mono text-[12.5px]' : ''}`}
        />
      )}
    </Field>
  );
}

function RemoveRow({ what, onPress }: { readonly what: string; readonly onPress: () => void }) {
  return (
    <Button kind="quiet" label={text.form.remove(what)} onPress={onPress}>
      <X size={14} aria-hidden="true" />
    </Button>
  );
}

/** `rows` with one of them changed. */
const changed = <T extends { readonly key: number }>(rows: readonly T[], row: T): T[] =>
  rows.map((each) => (each.key === row.key ? row : each));
const removed = <T extends { readonly key: number }>(rows: readonly T[], row: T): T[] => rows.filter((each) => each.key !== row.key);

interface PortRowsProps {
  readonly form: Form;
  readonly agentId: AgentId | null;
  readonly server: Server | null;
}

function PortRows({ form, agentId, server }: PortRowsProps) {
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

function VolumeRows({ form }: { readonly form: Form }) {
  const { volumes } = form.draft;
  const set = (next: Draft['volumes'], at?: string) => form.change({ volumes: next }, at);
  return (
    <Rows
      title={text.form.volumes}
      heads={[text.form.volumeName, text.form.containerPath]}
      grid={pairGrid}
      hint={text.form.volumesHint}
      error={form.errorAt(pointer('volumes'))}
      add={text.form.addVolume}
      onAdd={() => set([...volumes, { key: rowKey(), name: '', containerPath: '' }])}
    >
      {volumes.map((volume, at) => (
        <div key={volume.key} className={pairGrid}>
          <Cell
            form={form}
            at={pointer('volumes', at, 'name')}
            context={text.form.ofRow(text.form.volume, at + 1)}
            label={text.form.volumeName}
            value={volume.name}
            onChange={(name) => set(changed(volumes, { ...volume, name }), pointer('volumes', at, 'name'))}
          />
          <Cell
            form={form}
            at={pointer('volumes', at, 'containerPath')}
            context={text.form.ofRow(text.form.volume, at + 1)}
            label={text.form.containerPath}
            value={volume.containerPath}
            mono
            onChange={(containerPath) => set(changed(volumes, { ...volume, containerPath }), pointer('volumes', at, 'containerPath'))}
          />
          <RemoveRow what={volume.name || text.form.nth(text.form.volume, at + 1)} onPress={() => set(removed(volumes, volume))} />
        </div>
      ))}
    </Rows>
  );
}

function EnvRows({ form }: { readonly form: Form }) {
  const { env } = form.draft;
  const set = (next: Draft['env'], at?: string) => form.change({ env: next }, at);
  return (
    <Rows
      title={text.form.env}
      heads={[text.form.envName, text.form.envValue]}
      grid={pairGrid}
      error={form.errorAt(pointer('env'))}
      add={text.form.addEnv}
      onAdd={() => set([...env, { key: rowKey(), name: '', value: '' }])}
    >
      {env.map((row, at) => (
        <div key={row.key} className={pairGrid}>
          <Cell
            form={form}
            at={pointer('env', row.name)}
            context={text.form.ofRow(text.form.variable, at + 1)}
            label={text.form.envName}
            value={row.name}
            mono
            onChange={(name) => set(changed(env, { ...row, name }), pointer('env', name))}
          />
          <Cell
            form={form}
            context={text.form.ofRow(text.form.variable, at + 1)}
            label={text.form.envValue}
            value={row.value}
            mono
            onChange={(value) => set(changed(env, { ...row, value }))}
          />
          <RemoveRow what={row.name || text.form.nth(text.form.variable, at + 1)} onPress={() => set(removed(env, row))} />
        </div>
      ))}
    </Rows>
  );
}
