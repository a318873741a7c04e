// The form of a new server from scratch, all of its description.

import type { Agent } from '@mainstay/wire/agents';
import type { Operation } from '@mainstay/wire/operations';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { holdOperation } from '../queries.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { CheckBox } from '../ui/check-box.tsx';
import { requestServer } from './act.ts';
import { CreateReview } from './create-review.tsx';
import { checkNew, errorsOfFault, sampleDraft } from './draft.ts';
import { pointer } from './field-errors.ts';
import { HostField, likelyHost } from './host-field.tsx';
import { ServerFields } from './server-fields.tsx';
import { useDraft } from './use-draft.ts';

interface CreateFormProps {
  readonly agents: readonly Agent[];
  readonly onMade: (operation: Operation) => void;
}

export function CreateForm({ agents, onMade }: CreateFormProps) {
  const form = useDraft(() => ({ ...sampleDraft(), agentId: likelyHost(agents)?.id ?? '' }), checkNew, errorsOfFault);
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
      <p className="text-ink-soft">{text.create.sample}</p>
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
