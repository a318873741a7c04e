// The form of a new server, all of its description: from scratch, or after another one.

import type { InstallStep } from '@mainstay/core/server';
import type { Agent } from '@mainstay/wire/agents';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { holdOperation } from '../queries.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { CheckBox } from '../ui/check-box.tsx';
import { requestServer } from './act.ts';
import { CreateReview } from './create-review.tsx';
import { checkNew, cloneDraft, type Draft, errorsOfFault, sampleDraft } from './draft.ts';
import { pointer } from './field-errors.ts';
import { HostField, likelyHost } from './host-field.tsx';
import { ServerFields } from './server-fields.tsx';
import { useDraft } from './use-draft.ts';

interface CreateFormProps {
  readonly agents: readonly Agent[];
  readonly original: Server | null;
  /** The original's install script. */
  readonly install: InstallStep | null;
  /** Whether an original was asked for. */
  readonly wanted: boolean;
  readonly onMade: (operation: Operation) => void;
}

export function CreateForm({ agents, original, install, wanted, onMade }: CreateFormProps) {
  const form = useDraft(() => initialDraft(agents, original, install), checkNew, errorsOfFault);
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
      <HostField
        agents={agents}
        value={draft.agentId}
        error={form.errorAt(pointer('agentId'))}
        onChange={(agentId) => form.change({ agentId })}
      />
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

function initialDraft(agents: readonly Agent[], original: Server | null, install: InstallStep | null): Draft {
  const draft = original ? { ...cloneDraft(original), install } : sampleDraft();
  return { ...draft, agentId: likelyHost(agents, draft.agentId)?.id ?? '' };
}
