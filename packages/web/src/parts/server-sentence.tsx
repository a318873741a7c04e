// The line below a server's name: its open operation, or else the phrases that say how it stands.

import type { Server } from '@mainstay/wire/servers';
import { Fragment } from 'react';
import { text } from '../messages.ts';
import { presentTime } from '../ui/clock.ts';
import { Ticking } from '../ui/time.tsx';
import { OperationLine } from './operation-line.tsx';
import { phrasesOf } from './sentences.ts';

export function ServerSentence({ server, className }: { readonly server: Server; readonly className: string }) {
  if (server.operation) {
    // Where the state itself is what the operation makes of it, its word stands there already.
    const told = server.state === 'creating' || server.state === 'deleting';
    return (
      <div className={className}>
        <OperationLine operation={server.operation} named={!told} />
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
