// Containers on a host that carry our label and are no server's: shown, and removed only when a person says so.

import type { Agent, Stray } from '@mainstay/wire/agents';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api.ts';
import { hostText } from '../messages/hosts.ts';
import { text } from '../messages.ts';
import { agentsQuery, queryClient, serversQuery } from '../queries.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { Copy } from '../ui/copy.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { refusalAt, useAccess } from './access.ts';
import { alertOf } from './act.ts';
import { silenceOfHost } from './hearing.ts';

/** Whose it is: by name while there is such a server. */
function strayText({ serverId }: Stray, servers: readonly Server[]): string {
  const server = servers.find(({ id }) => id === serverId);
  return server ? hostText.strayOf(server.name) : hostText.strayOfNone;
}

export function HostStrays({ agent }: { readonly agent: Agent }) {
  const { data: servers } = useQuery(serversQuery);
  const [asking, setAsking] = useState<Stray | null>(null);
  const close = () => setAsking(null);
  const remove = useMutation({
    mutationFn: ({ containerId }: Stray) => call(contract.removeStray, { params: { agentId: agent.id, containerId } }),
    onSuccess: () => {
      close();
      return queryClient.invalidateQueries({ queryKey: agentsQuery.queryKey });
    },
  });
  useAccess();
  const refusal = refusalAt('hosts', agent.id) ?? (silenceOfHost(agent) === null ? null : hostText.strayUnheard(agent.name));
  return (
    <div className="border-t border-line px-4 py-3">
      <h3 className="text-aside font-[550] text-missing">{hostText.strays}</h3>
      <p className="text-aside text-ink-soft">{hostText.straysDetail}</p>
      <ul className="mt-2 flex flex-col divide-y divide-line">
        {agent.strays.map((stray) => (
          <li key={stray.containerId} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5">
            <span className="min-w-0 font-[550] wrap-anywhere">{stray.name}</span>
            <Copy copied={stray.containerId} shown={stray.containerId.slice(0, 12)} />
            <span className="mr-auto text-aside text-ink-faint">{strayText(stray, servers ?? [])}</span>
            <Button
              size="small"
              kind="danger"
              refusal={refusal}
              pending={remove.isPending && remove.variables.containerId === stray.containerId}
              label={hostText.strayRemoveLabel(stray.name)}
              onPress={() => {
                remove.reset();
                setAsking(stray);
              }}
            >
              {hostText.strayRemove}
            </Button>
          </li>
        ))}
      </ul>
      {asking ? (
        <Dialog alert title={hostText.strayTitle(asking.name)} onClose={close}>
          <DialogText>{hostText.strayDetail}</DialogText>
          <DialogText>{hostText.strayKept}</DialogText>
          <AlertLine words={alertOf(remove.error)} />
          <DialogButtons>
            <Button onPress={close}>{text.cancel}</Button>
            <Button kind="danger" pending={remove.isPending} onPress={() => remove.mutate(asking)}>
              {hostText.strayConfirm}
            </Button>
          </DialogButtons>
        </Dialog>
      ) : null}
    </div>
  );
}
