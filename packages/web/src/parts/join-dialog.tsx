// Adding a host: a fresh one-time token in the one command to paste there. The dialog notices the host as it joins.

import type { Agent } from '@mainstay/wire/agents';
import { contract } from '@mainstay/wire/contract';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { call } from '../api.ts';
import { hostText } from '../messages/hosts.ts';
import { dayText } from '../ui/age.ts';
import { Button } from '../ui/button.tsx';
import { Copy } from '../ui/copy.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { Ticking } from '../ui/time.tsx';
import { detailOf } from './act.ts';

/** What is pasted on the new host. */
function joinCommand(token: string): string {
  return `./mainstay agent --manager ${location.origin} --join-token ${token}`;
}

export function JoinDialog({ agents, onClose }: { readonly agents: readonly Agent[]; readonly onClose: () => void }) {
  const [before] = useState(() => new Set(agents.map(({ id }) => id)));
  const joined = agents.find(({ id }) => !before.has(id));
  const dialogId = useId();
  // A query, though it makes something: it is made once a dialog, however often React draws it.
  const { data, error } = useQuery({
    queryKey: ['join-token', dialogId],
    queryFn: () => call(contract.createJoinToken, {}),
    gcTime: 0,
  });
  return (
    <Dialog title={hostText.join.title} onClose={onClose}>
      {error ? (
        <p role="alert" className="text-failed">
          {hostText.join.refused}: {detailOf(error)}
        </p>
      ) : data === undefined ? (
        <DialogText>{hostText.join.making}</DialogText>
      ) : (
        <>
          <DialogText>{hostText.join.detail}</DialogText>
          <div className="rounded-control border border-line bg-page px-3 py-2">
            <Copy copied={joinCommand(data.token)} className="text-left whitespace-normal! wrap-anywhere" />
          </div>
          <DialogText>
            <Ticking words={(now) => hostText.join.once(dayText(data.expiresAt, now))} />
          </DialogText>
          <p role="status" className={joined ? 'text-running' : 'text-ink-faint'}>
            {joined ? hostText.join.joined(joined.name) : hostText.join.waiting}
          </p>
        </>
      )}
      <DialogButtons>
        <Button kind={joined ? 'primary' : 'plain'} onPress={onClose}>
          {hostText.join.done}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
