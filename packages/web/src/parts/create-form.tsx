// The form of a new server from scratch, all of its description.

import type { Agent } from '@mainstay/wire/agents';
import type { Operation } from '@mainstay/wire/operations';
import { Link } from '@tanstack/react-router';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { buttonClass } from '../ui/button.tsx';
import { requestServer } from './act.ts';
import { checkNew, errorsOfFault, sampleDraft } from './draft.ts';
import { likelyHost } from './host-field.tsx';
import { MakingForm } from './making-form.tsx';
import { ServerFields } from './server-fields.tsx';
import { useDraft } from './use-draft.ts';

interface CreateFormProps {
  readonly agents: readonly Agent[];
  readonly onMade: (operation: Operation) => void;
}

export function CreateForm({ agents, onMade }: CreateFormProps) {
  const form = useDraft(() => ({ ...sampleDraft(), agentId: likelyHost(agents)?.id ?? '' }), checkNew, errorsOfFault);
  return (
    <MakingForm
      form={form}
      agents={agents}
      above={<p className="text-ink-soft">{text.create.sample}</p>}
      review={form.draft}
      submit={text.create.submit}
      otherwise={
        <Link {...paths.servers()} className={buttonClass()}>
          {text.cancel}
        </Link>
      }
      send={requestServer}
      onMade={onMade}
    >
      <ServerFields form={form} agentId={agents.find(({ id }) => id === form.draft.agentId)?.id ?? null} />
    </MakingForm>
  );
}
