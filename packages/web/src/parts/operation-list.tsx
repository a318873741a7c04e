// A server's operations, newest first: what was asked for, by whom, and how it ended.

import type { ServerId } from '@mainstay/core/id';
import type { Operation } from '@mainstay/wire/operations';
import { useQuery } from '@tanstack/react-query';
import { text } from '../messages.ts';
import { isOpen } from '../patch.ts';
import { serverOperationsQuery } from '../queries.ts';
import { ageText, durationText } from '../ui/age.ts';
import { Time } from '../ui/time.tsx';
import { detailOf, errorText } from './act.ts';
import { OperationLine } from './operation-line.tsx';

export function OperationList({ serverId }: { readonly serverId: ServerId }) {
  const { data: operations, error } = useQuery(serverOperationsQuery(serverId));
  if (operations === undefined) {
    return error ? <p className="text-ink-soft">{detailOf(error)}</p> : <p className="text-ink-faint">{text.servers.loading}</p>;
  }
  if (operations.length === 0) return <p className="text-ink-faint">{text.server.noOperations}</p>;
  return (
    <ol className="flex flex-col gap-3">
      {operations.map((operation) => (
        <li key={operation.id} data-operation={operation.state} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3">
          {isOpen(operation) ? <OperationLine operation={operation} /> : <Ended operation={operation} />}
          <Time
            at={operation.createdAt}
            words={(at, now) => text.units.ago(ageText(now - at))}
            className="text-small leading-5 whitespace-nowrap text-ink-faint"
          />
          <p className="text-small text-ink-faint">
            {[text.operations.requested(operation.requestedBy), ...took(operation)].join(text.separator)}
          </p>
          {operation.error ? <p className="col-span-2 text-aside text-failed wrap-anywhere">{errorText(operation)}</p> : null}
        </li>
      ))}
    </ol>
  );
}

function Ended({ operation: { kind, state } }: { readonly operation: Operation }) {
  return (
    <span>
      {text.operations.nouns[kind]}{' '}
      <span className={state === 'failed' ? 'text-failed' : 'text-ink-soft'}>{text.operations.states[state]}</span>
    </span>
  );
}

function took({ startedAt, endedAt }: Operation): string[] {
  return startedAt === null || endedAt === null ? [] : [text.server.took(durationText(endedAt - startedAt))];
}
