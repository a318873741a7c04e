// Settings that the container does not have yet, and the rebuild that applies them.

import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { useAccess } from './access.ts';
import { offerOf } from './offers.ts';
import { fieldsText } from './sentences.ts';
import { useActions, useIsAsking } from './server-actions.tsx';

export function OutdatedNote({ server }: { readonly server: Server }) {
  const { take } = useActions();
  const asking = useIsAsking(server);
  useAccess();
  if (server.outdated.length === 0) return null;
  const offer = offerOf(server, 'rebuild');
  return (
    <section className="flex flex-wrap items-center justify-between gap-3 rounded-panel border border-line bg-panel px-4 py-3">
      <p className="min-w-0">{text.server.outdated(fieldsText(server.outdated))}</p>
      <Button refusal={offer.refusal} hint={offer.hint} pending={asking} onPress={() => take(server, offer)}>
        {offer.label}
      </Button>
    </section>
  );
}
