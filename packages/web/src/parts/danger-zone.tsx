// What is hard to undo, each with what it means; offered as the lifecycle table allows it.

import type { Server } from '@mainstay/wire/servers';
import type { ReactNode } from 'react';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { useAccess } from './access.ts';
import { offerOf } from './offers.ts';
import { useActions, useIsAsking } from './server-actions.tsx';

const dangers = [
  { action: 'restore', title: text.server.restoreTitle, detail: text.server.restoreDetail },
  { action: 'delete', title: text.server.deleteTitle, detail: text.server.deleteDetail },
  { action: 'purge', title: text.server.purgeTitle, detail: text.server.purgeDetail },
] as const;

export function DangerZone({ server }: { readonly server: Server }) {
  const { take, reinstall } = useActions();
  const asking = useIsAsking(server);
  useAccess();
  // A server that is not deleted has nothing to restore, and needs not be told so here.
  const rebuilding = offerOf(server, 'rebuild');
  const shown = dangers.filter(({ action }) => action !== 'restore' || server.state === 'deleted');
  return (
    <ul className="flex flex-col divide-y divide-line">
      {server.install === null ? null : (
        <Item title={text.server.reinstallTitle} detail={rebuilding.refusal ?? text.server.reinstallDetail}>
          <Button kind="danger" refusal={rebuilding.refusal} hint={rebuilding.hint} pending={asking} onPress={() => reinstall(server)}>
            {text.server.reinstall}
          </Button>
        </Item>
      )}
      {shown.map(({ action, title, detail }) => {
        const offer = offerOf(server, action);
        return (
          <Item key={action} title={title} detail={offer.refusal ?? detail}>
            <Button
              kind={action === 'restore' ? 'plain' : 'danger'}
              refusal={offer.refusal}
              hint={offer.hint}
              pending={asking}
              onPress={() => take(server, offer)}
            >
              {offer.label}
            </Button>
          </Item>
        );
      })}
    </ul>
  );
}

function Item({ title, detail, children }: { readonly title: string; readonly detail: string; readonly children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-72">
        <h3 className="font-[550]">{title}</h3>
        <p className="text-aside text-ink-soft">{detail}</p>
      </div>
      {children}
    </li>
  );
}
