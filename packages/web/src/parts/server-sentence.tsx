// The line below a server's name: its open operation, or else the phrases that say how it stands.

import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import { Fragment } from 'react';
import { text } from '../messages.ts';
import { presentTime } from '../ui/clock.ts';
import { Ticking } from '../ui/time.tsx';
import { OperationLine } from './operation-line.tsx';
import { phrasesOf } from './sentences.ts';

/** What its operation does, in its first words. */
function doingOf({ id, state }: Server, { serverId, serverName, kind }: Operation): string | null {
  if (serverId !== id) return text.operations.copying(serverName);
  // Where the state itself is what the operation makes of it, its word stands there already.
  return state === 'creating' || state === 'deleting' ? null : text.operations.doing[kind];
}

export function ServerSentence({ server, className }: { readonly server: Server; readonly className: string }) {
  if (server.operation) {
    const { operation } = server;
    // That it is copied, the first words say already.
    const lent = operation.serverId !== server.id && operation.step === 'ensure-copied';
    return (
      <div className={className}>
        <OperationLine operation={lent ? { ...operation, step: null } : operation} doing={doingOf(server, operation)} />
      </div>
    );
  }
  const phrases = phrasesOf(server, presentTime());
  return (
    <div className={className} title={phrases.map(({ words }) => words).join(text.separator)}>
      {phrases.map(({ words, tone }, at) => (
        <Fragment key={words}>
          {at > 0 ? text.separator : ''}
          <span className={tone === 'alarm' ? 'text-failed' : undefined}>
            {server.state === 'deleted' ? <Ticking words={(now) => phrasesOf(server, now)[at]?.words ?? words} /> : words}
          </span>
        </Fragment>
      ))}
    </div>
  );
}
