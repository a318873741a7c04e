// How a host's disk was used over time: asked for when somebody opens it.

import type { Agent } from '@mainstay/wire/agents';
import { Suspense, useState } from 'react';
import { later } from '../later.ts';
import { text } from '../messages.ts';

const HostDiskPanel = later(async () => (await import('./disk-panel.tsx')).HostDiskPanel, { when: 'opened' });

export function HostDiskOverTime({ agent }: { readonly agent: Agent }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="border-t border-line px-4 py-3" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="text-aside font-[550] text-ink-soft hover:text-ink">{text.disk.overTime}</summary>
      {open ? (
        <Suspense fallback={<p className="text-ink-faint">{text.charts.loading}</p>}>
          <HostDiskPanel agent={agent} />
        </Suspense>
      ) : null}
    </details>
  );
}
