// What a newcomer sees: one click makes the sample server. Without a host there is something to do before.

import type { Agent } from '@mainstay/wire/agents';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button, buttonClass } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';
import { refusalHere, seesInPart, useAccess } from './access.ts';
import { alertOf, requestFromTemplate } from './act.ts';
import { useActions } from './server-actions.tsx';

/** The sample's name; the same that the guide uses. */
const sampleName = 'lobby';
const sampleTemplate = 'sample';

export function FirstServer({ agents }: { readonly agents: readonly Agent[] | undefined }) {
  const { follow } = useActions();
  const navigate = useNavigate();
  useAccess();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => {
      const [agent] = agents ?? [];
      return requestFromTemplate(sampleTemplate, { name: sampleName, ...(agent ? { agentId: agent.id } : {}) });
    },
    onSuccess: (operation) => {
      follow(operation);
      return navigate(paths.server(operation.serverId));
    },
  });
  const refusal = refusalHere('create', 'somewhere');
  if (seesInPart() && (agents?.length === 0 || refusal !== null)) {
    return (
      <Face title={text.servers.first.noneShown}>
        <p>{text.servers.first.noneShownDetail}</p>
      </Face>
    );
  }
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
          <Button kind="primary" pending={isPending} refusal={refusal} onPress={() => mutate()}>
            {text.servers.first.sample}
          </Button>
          <Link {...paths.newServer()} className={buttonClass()}>
            {text.servers.first.own}
          </Link>
        </>
      }
    >
      <p>{text.servers.first.detail}</p>
      <AlertLine words={alertOf(error)} />
    </Face>
  );
}
