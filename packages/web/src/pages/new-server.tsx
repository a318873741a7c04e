// Making a server: the form, by the API's own schema, then its progress until it runs, without leaving the page.

import { idPattern, type ServerId } from '@mainstay/core/id';
import type { Agent } from '@mainstay/wire/agents';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { text } from '../messages.ts';
import { detailOf, requestServer } from '../parts/act.ts';
import { CreateReview } from '../parts/create-review.tsx';
import { CreationProgress } from '../parts/creation-progress.tsx';
import { checkNew, cloneDraft, type Draft, errorsOfFault, sampleDraft } from '../parts/draft.ts';
import { pointer } from '../parts/field-errors.ts';
import { silenceOfHost } from '../parts/hearing.ts';
import { ServerFields } from '../parts/server-fields.tsx';
import { useDraft } from '../parts/use-draft.ts';
import { paths, patterns } from '../paths.ts';
import { agentsQuery, holdOperation, serverQuery } from '../queries.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { CheckBox } from '../ui/check-box.tsx';
import { Face } from '../ui/face.tsx';
import { Field } from '../ui/field.tsx';
import { PageHead } from '../ui/page-head.tsx';

export function NewServerPage() {
  const { from } = useSearch({ from: `/shell${patterns.newServer}` });
  const [made, setMade] = useState<Operation | null>(null);
  const agents = useQuery(agentsQuery);
  const known = from !== undefined && idPattern.test(from);
  const original = useQuery({ ...serverQuery((from ?? '') as ServerId), enabled: known });

  const content = () => {
    if (made) return <CreationProgress created={made} onAnother={() => setMade(null)} />;
    if (agents.data === undefined) {
      return <p className="text-ink-faint">{agents.error ? detailOf(agents.error) : text.hosts.loading}</p>;
    }
    if (agents.data.length === 0) return <NoHost />;
    if (known && original.isPending) return <p className="text-ink-faint">{text.create.fromLoading}</p>;
    return <CreateForm key={from} agents={agents.data} original={original.data ?? null} wanted={from !== undefined} onMade={setMade} />;
  };
  return (
    <div className="max-w-3xl">
      <PageHead title={text.create.title} />
      {content()}
    </div>
  );
}

function NoHost() {
  return (
    <Face
      title={text.create.noHost}
      next={
        <Link {...paths.hosts()} className={buttonClass({ kind: 'primary' })}>
          {text.hosts.add}
        </Link>
      }
    >
      <p>{text.servers.first.noHostDetail}</p>
    </Face>
  );
}

interface CreateFormProps {
  readonly agents: readonly Agent[];
  readonly original: Server | null;
  /** Whether an original was asked for. */
  readonly wanted: boolean;
  readonly onMade: (operation: Operation) => void;
}

function CreateForm({ agents, original, wanted, onMade }: CreateFormProps) {
  const form = useDraft(() => initialDraft(agents, original), checkNew, errorsOfFault);
  const { draft } = form;
  const host = agents.find(({ id }) => id === draft.agentId);
  const { mutate, isPending } = useMutation({
    mutationFn: requestServer,
    onSuccess: (operation) => {
      holdOperation(operation);
      onMade(operation);
    },
    onError: form.refuse,
  });
  return (
    <form
      noValidate
      className="flex flex-col gap-5 rounded-panel border border-line bg-panel p-5 max-md:p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isPending) return;
        const body = form.submit();
        if (body) mutate(body);
      }}
    >
      {original ? (
        <p className="text-ink-soft">
          <strong className="font-[600] text-ink">{text.create.from(original.name)}.</strong> {text.create.fromDetail}
        </p>
      ) : (
        <p className="text-ink-soft">{wanted ? text.create.fromMissing : text.create.sample}</p>
      )}
      {agents.length > 1 ? (
        <Field label={text.form.host} error={form.errorAt(pointer('agentId'))}>
          {(attributes) => (
            <select {...attributes} value={draft.agentId} onChange={({ target }) => form.change({ agentId: target.value })}>
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
      ) : null}
      <ServerFields form={form} agentId={host?.id ?? null} />
      <CheckBox label={text.form.startNow} checked={draft.start} onChange={(start) => form.change({ start })} />
      {host ? <CreateReview draft={draft} agent={host} /> : null}
      {form.message ? (
        <p role="alert" className="text-failed">
          {form.message}
        </p>
      ) : null}
      <div className="flex gap-2">
        <Button kind="primary" type="submit" pending={isPending}>
          {text.create.submit}
        </Button>
        <Link {...paths.servers()} className={buttonClass()}>
          {text.cancel}
        </Link>
      </div>
    </form>
  );
}

function initialDraft(agents: readonly Agent[], original: Server | null): Draft {
  const draft = original ? cloneDraft(original) : sampleDraft();
  const open = agents.filter(({ draining }) => !draining);
  const host = open.find(({ id }) => id === draft.agentId) ?? open.find((agent) => silenceOfHost(agent) === null) ?? open[0] ?? agents[0];
  return { ...draft, agentId: host?.id ?? '' };
}
