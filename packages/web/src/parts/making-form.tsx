// The frame of every form that makes a server, whatever it is made from: where it is to be, whether it is started at once, what
// will be made, and that it is sent once.

import type { Agent } from '@mainstay/wire/agents';
import type { Operation } from '@mainstay/wire/operations';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { text } from '../messages.ts';
import { holdOperation } from '../queries.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { CheckBox } from '../ui/check-box.tsx';
import { CreateReview } from './create-review.tsx';
import type { Draft } from './draft.ts';
import { pointer } from './field-errors.ts';
import { HostField } from './host-field.tsx';
import type { DraftForm } from './use-draft.ts';

/** What every draft of a server has. */
interface MakingDraft {
  readonly agentId: string;
  readonly start: boolean;
}

export interface MakingFormProps<T, D extends MakingDraft> {
  readonly form: DraftForm<T, D>;
  readonly agents: readonly Agent[];
  /** What it is made from, and what is asked before where it is to be. */
  readonly above: ReactNode;
  /** What will be made; null: that cannot be said yet. */
  readonly review: Draft | null;
  readonly submit: string;
  /** The way out. */
  readonly otherwise: ReactNode;
  readonly send: (body: T) => Promise<Operation>;
  readonly onMade: (operation: Operation) => void;
  readonly children: ReactNode;
}

export function MakingForm<T, D extends MakingDraft>({
  form,
  agents,
  above,
  review,
  submit,
  otherwise,
  send,
  onMade,
  children,
}: MakingFormProps<T, D>) {
  const { draft } = form;
  const host = agents.find(({ id }) => id === draft.agentId);
  const change = (changed: Partial<MakingDraft>) => form.change(changed as Partial<D>);
  const { mutate, isPending } = useMutation({
    mutationFn: send,
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
      {above}
      <HostField
        agents={agents}
        value={draft.agentId}
        error={form.errorAt(pointer('agentId'))}
        onChange={(agentId) => change({ agentId })}
      />
      {children}
      <CheckBox label={text.form.startNow} checked={draft.start} onChange={(start) => change({ start })} />
      {host && review ? <CreateReview draft={review} agent={host} /> : null}
      <AlertLine words={form.message} />
      <div className="flex gap-2">
        <Button kind="primary" type="submit" pending={isPending}>
          {submit}
        </Button>
        {otherwise}
      </div>
    </form>
  );
}
