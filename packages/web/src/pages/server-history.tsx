// Everything that happened to a server, newest first, and its operations.

import { text } from '../messages.ts';
import { useServer } from '../parts/current-server.ts';
import { EventList } from '../parts/event-list.tsx';
import { OperationList } from '../parts/operation-list.tsx';
import { Panel } from '../ui/panel.tsx';

export function ServerHistoryPage() {
  const server = useServer();
  return (
    <div className="grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)] items-start gap-4 max-lg:grid-cols-1">
      <Panel title={text.server.history}>
        <EventList serverId={server.id} />
      </Panel>
      <Panel title={text.server.operations}>
        <OperationList serverId={server.id} />
      </Panel>
    </div>
  );
}
