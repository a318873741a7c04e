// What a newcomer sees: one click makes the sample server. Without a host there is something to do before.

import type { Agent } from '@mainstay/wire/agents';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';
import { detailOf, requestServer } from './act.ts';
import { checkNew, sampleDraft } from './draft.ts';
import { useActions } from './server-actions.tsx';

/** The sample's name; the same that the guide uses. */
const sampleName = 'lobby';

export function FirstServer({ agents }: { readonly agents: readonly Agent[] | undefined }) {
  const { follow } = useActions();
  const navigate = useNavigate();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => {
      const draft = checkNew({ ...sampleDraft(), name: sampleName, agentId: agents?.[0]?.id ?? '' });
      if (draft.kind === 'wrong') throw new Error('the sample server does not fit the schema');
      return requestServer(draft.body);
    },
    onSuccess: (operation) => {
      follow(operation);
      return navigate(paths.server(operation.serverId));
    },
  });
  if (agents?.length === 0) {
    return (
      <Face
        title={text.servers.first.noHost}
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
  return (
    <Face
      title={text.servers.first.title}
      next={
        <>
          <Button kind="primary" pending={isPending} onPress={() => mutate()}>
            {text.servers.first.sample}
          </Button>
          <Link {...paths.newServer()} className={buttonClass()}>
            {text.servers.first.own}
          </Link>
        </>
      }
    >
      <p>{text.servers.first.detail}</p>
      {error ? (
        <p role="alert" className="text-failed">
          {detailOf(error)}
        </p>
      ) : null}
    </Face>
  );
}
