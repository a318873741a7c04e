// A creation from the answer 202 to its end: step, progress, and then the way to the server.

import type { Operation } from '@mainstay/wire/operations';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { text } from '../messages.ts';
import { isOpen } from '../patch.ts';
import { paths } from '../paths.ts';
import { operationQuery, serverQuery } from '../queries.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Shape, type ShapeName } from '../ui/shape.tsx';
import { errorText } from './act.ts';
import { OperationLine } from './operation-line.tsx';
import { ServerAddress } from './server-address.tsx';
import { PrimaryButton } from './server-buttons.tsx';
import { stateFaces } from './state-faces.ts';

export function CreationProgress({ created, onAnother }: { readonly created: Operation; readonly onAnother: () => void }) {
  const { data: operation = created } = useQuery(operationQuery(created.id));
  const { data: server } = useQuery(serverQuery(created.serverId));
  const { shape, ink, title } = outcomeOf(operation, server?.state === 'running');
  return (
    <section
      aria-label={title}
      data-operation={operation.state}
      className="flex flex-col gap-4 rounded-panel border border-line bg-panel p-5"
    >
      <div role="status">
        <h2 className="flex items-center gap-2 font-[600]">
          <Shape name={shape} className={ink} />
          {title}
        </h2>
      </div>
      {isOpen(operation) ? <OperationLine operation={operation} /> : null}
      {operation.error ? (
        <p className="text-ink-soft">
          <span className="text-failed">{errorText(operation)}</span> {text.create.failedDetail}
        </p>
      ) : null}
      {server && operation.state === 'succeeded' ? <ServerAddress server={server} /> : null}
      <div className="flex flex-wrap gap-2">
        <Link
          {...paths.server(operation.serverId)}
          className={buttonClass({ kind: operation.state === 'succeeded' ? 'primary' : 'plain' })}
        >
          {text.create.open(operation.serverName)}
        </Link>
        {isOpen(operation) ? (
          server?.operation ? (
            <PrimaryButton server={server} size="normal" />
          ) : null
        ) : (
          <Button onPress={onAnother}>{text.create.another}</Button>
        )}
      </div>
    </section>
  );
}

function outcomeOf({ state, serverName }: Operation, runs: boolean): { shape: ShapeName; ink: string; title: string } {
  switch (state) {
    case 'queued':
    case 'running':
    case 'waiting':
      return { ...stateFaces.creating, title: text.create.making(serverName) };
    case 'succeeded':
      return runs
        ? { ...stateFaces.running, title: text.create.done(serverName) }
        : { ...stateFaces.stopped, title: text.create.doneStopped(serverName) };
    case 'failed':
      return { ...stateFaces.failed, title: text.create.failed(serverName) };
    case 'cancelled':
      return { ...stateFaces.failed, title: text.create.cancelled(serverName) };
  }
}
