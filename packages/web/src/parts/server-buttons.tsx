// A server's buttons: its one primary action, or Cancel while an operation is open, and all nine behind ⋯.

import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { Button, type ButtonLook } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { refusalHere, useAccess } from './access.ts';
import { offersOf, primaryOffer } from './offers.ts';
import { useActions, useIsAsking } from './server-actions.tsx';

export interface ServerButtonsProps extends Pick<ButtonLook, 'size'> {
  readonly server: Server;
}

export function ServerButtons({ server, size = 'small' }: ServerButtonsProps) {
  return (
    <div className="flex max-w-full items-center gap-1.5 [&>button]:min-w-0 [&>button:last-child]:shrink-0">
      <PrimaryButton server={server} size={size} />
      <MoreButton server={server} size={size} />
    </div>
  );
}

export function PrimaryButton({ server, size = 'small' }: ServerButtonsProps) {
  const { take, cancel } = useActions();
  const asking = useIsAsking(server);
  useAccess();
  const { operation } = server;
  if (operation) {
    return operation.cancellable ? (
      <Button
        size={size}
        pending={asking}
        refusal={refusalHere('operate', { kind: 'server', serverId: server.id, agentId: server.agentId })}
        hint={text.operations.cancelHint}
        onPress={() => cancel(operation)}
      >
        {text.cancel}
      </Button>
    ) : (
      <Button size={size} pending>
        {text.operations.doing[operation.kind]}
      </Button>
    );
  }
  const offer = primaryOffer(server);
  if (offer === null) return null;
  return (
    <Button
      size={size}
      kind={offer.urgent ? 'primary' : 'plain'}
      pending={asking}
      refusal={offer.refusal}
      hint={offer.hint}
      onPress={() => take(server, offer)}
    >
      <span className="truncate">{offer.label}</span>
    </Button>
  );
}

function MoreButton({ server, size = 'small' }: ServerButtonsProps) {
  const { take } = useActions();
  const entries = () =>
    offersOf(server).map((offer) => ({
      key: offer.action,
      label: offer.label,
      refusal: offer.refusal,
      danger: offer.action === 'delete' || offer.action === 'purge',
      onChoose: () => take(server, offer),
    }));
  return <Menu label={text.moreActions(server.name)} entries={entries} size={size} />;
}
