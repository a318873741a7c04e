// The fields of a server's description, for a new one and for one that is changed. Each shows what is wrong with it
// beside itself.

import type { AgentId } from '@mainstay/core/id';
import { restartPolicies } from '@mainstay/core/server';
import type { Server } from '@mainstay/wire/servers';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { text } from '../messages.ts';
import { imagesQuery, sessionQuery } from '../queries.ts';
import { Field } from '../ui/field.tsx';
import { refusalAt } from './access.ts';
import { ConsoleFields, ReadyFields } from './console-fields.tsx';
import { type Draft, sampleImage } from './draft.ts';
import { EnvRows } from './env-rows.tsx';
import { pointer } from './field-errors.ts';
import type { Form } from './field-rows.tsx';
import { PortRows } from './port-rows.tsx';
import { QuotaField } from './quota-field.tsx';
import { RetentionField } from './retention-field.tsx';
import { FilesField, isShutIn, SandboxFields } from './sandbox-fields.tsx';
import { TextField } from './text-field.tsx';
import { VolumeRows } from './volume-rows.tsx';

export interface ServerFieldsProps {
  readonly form: Form;
  /** The host whose images are suggested and whose ports are asked for. */
  readonly agentId: AgentId | null;
  /** The server that is changed; left out: a new one. */
  readonly server?: Server;
}

export function ServerFields({ form, agentId, server }: ServerFieldsProps) {
  const { draft } = form;
  // As it was when the form was opened: what is being typed must not fold away under the hands.
  const [unusual] = useState(() => isUnusual(draft));
  return (
    <>
      <TextField form={form} at={pointer('name')} field="name" label={text.form.name} hint={text.form.nameHint} />
      <ImageField form={form} agentId={agentId} />
      <PortRows form={form} agentId={agentId} server={server ?? null} />
      <VolumeRows form={form} />
      <EnvRows form={form} />
      <details open={unusual || undefined} className="group">
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
          <ConsoleFields form={form} />
          <RetentionField form={form} />
          <ReadyFields form={form} />
          <QuotaField form={form} />
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
          <SandboxFields form={form} />
          <FilesField form={form} />
        </div>
      </details>
    </>
  );
}

/** Whether the folded part holds anything but what most servers have. */
function isUnusual({ command, memoryMb, cpus, signal, graceSeconds, restart, console, retention, ...rest }: Draft): boolean {
  return (
    retention !== 'usual' ||
    rest.quotaMb !== '' ||
    rest.stopCommand !== '' ||
    rest.readyLine !== '' ||
    rest.files !== '' ||
    isShutIn(rest) ||
    console !== 'stdin' ||
    command !== '' ||
    memoryMb !== '' ||
    cpus !== '' ||
    signal !== '' ||
    graceSeconds !== '30' ||
    restart !== 'unless-stopped'
  );
}

function ImageField({ form, agentId }: ServerFieldsProps) {
  const listId = useId();
  // Whoever may make nothing there is not told what there is to make it of.
  const { isSuccess } = useQuery(sessionQuery);
  const asked = agentId !== null && isSuccess && refusalAt('create', agentId) === null;
  const { data } = useQuery({ ...imagesQuery(agentId ?? ('' as AgentId)), enabled: asked });
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
