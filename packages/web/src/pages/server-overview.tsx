// A server's overview: its facts, the last lines of its log, and what happened last.

import { Link } from '@tanstack/react-router';
import { text } from '../messages.ts';
import { useServer } from '../parts/current-server.ts';
import { EventList } from '../parts/event-list.tsx';
import { LogPanel } from '../parts/log-panel.tsx';
import { OutdatedNote } from '../parts/outdated-note.tsx';
import { ServerFacts } from '../parts/server-facts.tsx';
import { paths } from '../paths.ts';
import { Panel } from '../ui/panel.tsx';

const latest = 6;

export function ServerOverviewPage() {
  const server = useServer();
  return (
    <div className="grid grid-cols-[minmax(0,5fr)_minmax(0,6fr)] items-start gap-4 max-lg:grid-cols-1">
      <div className="flex min-w-0 flex-col gap-4">
        <OutdatedNote server={server} />
        <Panel title={text.server.facts}>
          <ServerFacts server={server} />
        </Panel>
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <LogPanel server={server} />
        <Panel
          title={text.server.recent}
          aside={
            <Link {...paths.serverHistory(server.id)} className="text-aside text-ink-soft underline-offset-3 hover:underline">
              {text.server.allHistory}
            </Link>
          }
        >
          <EventList serverId={server.id} most={latest} />
        </Panel>
      </div>
    </div>
  );
}
