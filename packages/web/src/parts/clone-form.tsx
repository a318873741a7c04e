// The form of a clone: its name, where it is to be, what comes along, and what becomes of its source meanwhile. Everything else
// it has from that one.

import type { Agent } from '@mainstay/wire/agents';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { cloneText } from '../messages/clone.ts';
import { templateText } from '../messages/templates.ts';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { serversQuery } from '../queries.ts';
import { buttonClass } from '../ui/button.tsx';
import { bytesText } from '../ui/bytes.ts';
import { CheckBox } from '../ui/check-box.tsx';
import { Choice } from '../ui/choice.tsx';
import { requestClone } from './act.ts';
import { beginClone, type CloneBody, type CloneDraft, checkClone, secretsOf } from './clone-draft.ts';
import { draftOf, errorsOfFault } from './draft.ts';
import { pointer } from './field-errors.ts';
import { changed } from './field-rows.tsx';
import { likelyHost } from './host-field.tsx';
import { HostPortField } from './host-port-field.tsx';
import { MakingForm } from './making-form.tsx';
import { NameField } from './name-field.tsx';
import { suggestedPorts } from './port-check.tsx';
import { type DraftForm, useDraft } from './use-draft.ts';

interface CloneFormProps {
  readonly agents: readonly Agent[];
  readonly original: Server;
  readonly onMade: (operation: Operation) => void;
}

type Form = DraftForm<unknown, CloneDraft>;

export function CloneForm({ agents, original, onMade }: CloneFormProps) {
  const form = useDraft(() => beginClone(original, likelyHost(agents, original.agentId)?.id ?? ''), checkClone, errorsOfFault);
  const { draft } = form;
  const host = agents.find(({ id }) => id === draft.agentId);
  return (
    <MakingForm
      form={form}
      agents={agents}
      above={
        <>
          <p className="text-ink-soft">
            <strong className="font-[600] text-ink">{cloneText.of(original.name)}</strong> {cloneText.detail}
          </p>
          <NameField value={draft.name} error={form.errorAt(pointer('name'))} onType={(name) => form.change({ name }, pointer('name'))} />
        </>
      }
      review={{ ...draftOf(original), ...draft }}
      submit={cloneText.submit}
      otherwise={
        <Link {...paths.server(original.id)} className={buttonClass()}>
          {text.cancel}
        </Link>
      }
      send={(body: CloneBody) => requestClone(original.id, body)}
      onMade={onMade}
    >
      <DataFields form={form} original={original} host={host} />
      <PortFields form={form} host={host} />
      <SecretFields form={form} original={original} />
    </MakingForm>
  );
}

interface DataFieldsProps {
  readonly form: Form;
  readonly original: Server;
  readonly host: Agent | undefined;
}

/** What comes along; and, where the source runs, what becomes of it meanwhile. */
function DataFields({ form, original, host }: DataFieldsProps) {
  const { data, source } = form.draft;
  const gone = original.dataExists === 'no' || original.dataFrom !== null;
  const size = original.dataBytes === null ? null : bytesText(original.dataBytes);
  return (
    <>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 text-aside font-[550]">{cloneText.along}</legend>
        <Choice
          group="data"
          label={cloneText.copy}
          detail={gone ? cloneText.copyGone : cloneText.copyDetail(size)}
          checked={data === 'copy'}
          disabled={gone}
          onChoose={() => form.change({ data: 'copy' })}
        />
        <Choice
          group="data"
          label={cloneText.none}
          detail={cloneText.noneDetail}
          checked={data === 'none'}
          onChoose={() => form.change({ data: 'none' })}
        />
      </fieldset>
      {data === 'none' ? null : original.state === 'running' ? (
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 text-aside font-[550]">{cloneText.meanwhile}</legend>
          <Choice
            group="source"
            label={cloneText.stop(original.name)}
            detail={cloneText.stopDetail}
            checked={source === 'stop'}
            onChoose={() => form.change({ source: 'stop' })}
          />
          <Choice
            group="source"
            label={cloneText.live(original.name)}
            detail={cloneText.liveDetail}
            checked={source === 'live'}
            onChoose={() => form.change({ source: 'live' })}
          />
          {source === 'live' ? (
            <p role="status" className="text-aside text-missing">
              {cloneText.liveWarning}
            </p>
          ) : null}
        </fieldset>
      ) : (
        <p className="text-aside text-ink-soft">{cloneText.rests(original.name)}</p>
      )}
      {data === 'copy' && host && host.id !== original.agentId ? (
        <p role="status" className="text-aside text-ink-soft">
          {cloneText.far(host.name)}
        </p>
      ) : null}
    </>
  );
}

function PortFields({ form, host }: { readonly form: Form; readonly host: Agent | undefined }) {
  const { ports } = form.draft;
  const { data: servers } = useQuery(serversQuery);
  const likely = host ? suggestedPorts(ports, host, servers ?? []) : [];
  if (ports.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 text-aside font-[550]">{text.form.ports}</legend>
      {ports.map((port, index) => {
        const at = pointer('ports', index, 'hostPort');
        return (
          <HostPortField
            key={port.key}
            label={templateText.fromTemplate.port(port.name, null)}
            about={templateText.fromTemplate.inside(Number(port.containerPort), port.protocol)}
            host={host}
            ports={[{ port, suggestion: likely[index] ?? null }]}
            value={port.hostPort}
            error={form.errorAt(at)}
            onType={(hostPort) => form.change({ ports: changed(ports, { ...port, hostPort }) }, at)}
          />
        );
      })}
    </fieldset>
  );
}

function SecretFields({ form, original }: { readonly form: Form; readonly original: Server }) {
  const { newSecrets } = form.draft;
  const secrets = secretsOf(original);
  if (secrets.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-aside font-[550]">{cloneText.secrets}</legend>
      <p className="-mt-1 text-small text-ink-faint">{cloneText.secretsHint}</p>
      {secrets.map((name) => (
        <CheckBox
          key={name}
          label={cloneText.newSecret(name)}
          checked={newSecrets.includes(name)}
          onChange={(anew) => form.change({ newSecrets: anew ? [...newSecrets, name] : newSecrets.filter((each) => each !== name) })}
        />
      ))}
    </fieldset>
  );
}
