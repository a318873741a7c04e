// What can be done to the chosen servers, at the foot of the list; not there when none is chosen.

import type { Server } from '@mainstay/wire/servers';
import { Suspense, useMemo, useState } from 'react';
import { later } from '../later.ts';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { useAccess } from './access.ts';
import { type BulkAction, bulkActions, sharedRefusal, sortOut } from './bulk.ts';
import { clearSelection, useSelection } from './selection.ts';
import { shownOrder } from './shown-order.ts';

const BulkDialog = later(async () => (await import('./bulk-dialog.tsx')).BulkDialog);

export function BulkBar({ servers }: { readonly servers: readonly Server[] }) {
  const selection = useSelection();
  useAccess();
  const [asking, setAsking] = useState<{ readonly action: BulkAction; readonly servers: readonly Server[] } | null>(null);
  // What was purged meanwhile is no longer there to be chosen.
  const chosen = useMemo(() => (selection.size === 0 ? [] : servers.filter(({ id }) => selection.has(id))), [servers, selection]);
  if (chosen.length === 0 && asking === null) return null;
  const shown = new Set(shownOrder());
  const hidden = chosen.filter(({ id }) => !shown.has(id)).length;
  return (
    <>
      <section
        aria-label={text.bulk.bar}
        className="sticky bottom-3 z-[6] mx-auto mt-3 flex w-max max-w-full flex-wrap items-center gap-1.5 rounded-panel border border-ink bg-panel px-3 py-2 max-md:flex-nowrap max-md:overflow-x-auto"
      >
        <p role="status" className="mr-2 font-[550] whitespace-nowrap">
          {text.bulk.chosen(chosen.length)}
          {hidden > 0 ? <span className="font-normal text-ink-soft"> {text.bulk.hidden(hidden)}</span> : null}
        </p>
        {bulkActions.map((action) => {
          const { can } = sortOut(chosen, action);
          const refusal = can.length > 0 ? null : (sharedRefusal(chosen, action) ?? text.bulk.noneCan);
          return (
            <Button
              key={action}
              size="small"
              kind={action === 'delete' || action === 'purge' ? 'danger' : 'plain'}
              refusal={refusal}
              label={text.bulk.label(text.actions[action], can.length)}
              onPress={() => setAsking({ action, servers: chosen })}
            >
              {text.actions[action]} <span className="font-normal text-ink-faint">{can.length}</span>
            </Button>
          );
        })}
        <Button size="small" kind="quiet" onPress={clearSelection}>
          {text.bulk.clear}
        </Button>
      </section>
      <Suspense>
        {asking ? (
          <BulkDialog
            {...asking}
            onClose={(began) => {
              setAsking(null);
              if (began) clearSelection();
            }}
          />
        ) : null}
      </Suspense>
    </>
  );
}
