// The hosts: each agent with what it told of its machine, whether it is heard, and what can be done about it.

import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { hostText } from '../messages/hosts.ts';
import { text } from '../messages.ts';
import { refusalHere, seesInPart, useAccess } from '../parts/access.ts';
import { HostPanel } from '../parts/host-panel.tsx';
import { JoinDialog } from '../parts/join-dialog.tsx';
import { NotThere } from '../parts/not-there.tsx';
import { paths } from '../paths.ts';
import { agentsQuery } from '../queries.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';
import { PageHead } from '../ui/page-head.tsx';

/** Free space on disk changes without an event; whoever looks at it is shown it this fresh. */
const factsEveryMs = 30_000;

export function HostsPage() {
  const { agentId } = useParams({ strict: false });
  const asked = useQuery({ ...agentsQuery, refetchOnMount: 'always', refetchInterval: factsEveryMs });
  const { data: agents } = asked;
  const [joining, setJoining] = useState(false);
  useAccess();
  const shown = agents?.filter(({ id }) => agentId === undefined || id === agentId).toSorted((a, b) => a.name.localeCompare(b.name));
  const add = (
    <Button kind="primary" refusal={refusalHere('hosts')} onPress={() => setJoining(true)}>
      {text.hosts.add}
    </Button>
  );
  const one = agentId !== undefined && shown?.[0] ? shown[0].name : null;

  const content = () => {
    if (shown === undefined) {
      return <NotThere loading={hostText.loading} broken={hostText.broken} asked={[asked]} />;
    }
    if (shown.length > 0)
      return (
        <div className="flex flex-col gap-4">
          {shown.map((agent) => (
            <HostPanel key={agent.id} agent={agent} />
          ))}
        </div>
      );
    if (agentId !== undefined) return <Face shape="dashed-ring" title={hostText.unknown} />;
    if (seesInPart())
      return (
        <Face title={hostText.hidden}>
          <p>{hostText.hiddenDetail}</p>
        </Face>
      );
    return (
      <Face title={hostText.none} next={add}>
        <p>{hostText.noneDetail}</p>
      </Face>
    );
  };

  return (
    <>
      <PageHead title={one ?? hostText.title}>
        {agentId === undefined ? null : (
          <Link {...paths.hosts()} className={buttonClass()}>
            {hostText.all}
          </Link>
        )}
        {add}
      </PageHead>
      {content()}
      {joining ? <JoinDialog agents={agents ?? []} onClose={() => setJoining(false)} /> : null}
    </>
  );
}
