// A server's state where it is shown: shape, word, ink, and since when. What is only as last seen is violet, dotted, and
// says when that was.

import { loopAmong } from '@mainstay/core/crash-loop';
import type { State } from '@mainstay/core/lifecycle';
import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { ageText, exactText, sinceText } from '../ui/age.ts';
import { Shape } from '../ui/shape.tsx';
import { Ticking, Time } from '../ui/time.tsx';
import { asOf } from './hearing.ts';
import { stateFaces, unheardFace } from './state-faces.ts';

/** A state's shape alone, for beside words that name it. */
export function StateShape({ state }: { readonly state: State }) {
  const face = stateFaces[state];
  return <Shape name={face.shape} className={face.ink} />;
}

export function StateMark({ server }: { readonly server: Server }) {
  const face = stateFaces[server.state];
  const old = asOf(server);
  if (old === null) {
    return (
      <span className={`inline-flex items-center gap-1.75 font-[550] whitespace-nowrap ${face.ink}`} title={text.meanings[server.state]}>
        <Shape name={face.shape} />
        {face.word}
        <Beside server={server} />
      </span>
    );
  }
  const { seenAt } = old;
  return (
    <span className={`inline-flex items-center gap-1.75 font-[550] whitespace-nowrap ${unheardFace.ink}`}>
      <Shape name={unheardFace.shape} />
      <span
        className="border-b border-dotted border-unheard"
        title={seenAt === null ? text.asOfHint : `${text.asOfHint} (${exactText(seenAt)})`}
      >
        {seenAt === null ? text.asOfNever(face.word) : <Ticking words={(now) => text.asOf(face.word, ageText(now - seenAt))} />}
      </span>
    </span>
  );
}

/** What else is to be known of one that runs: that it is no use yet, or none at all. */
function Beside({ server }: { readonly server: Server }) {
  const loops = server.state === 'running' && loopAmong(server.crashes, Date.now()).length > 0;
  if (loops) return <span className="text-small font-normal text-failed">{text.crashing}</span>;
  return isStartingUp(server) ? <span className="text-small font-normal text-ink-soft">{text.startingUp}</span> : null;
}

/** Whether it runs and has not said yet that it can be used. */
function isStartingUp({ state, ready, readyAt }: Server): boolean {
  return state === 'running' && ready !== null && readyAt === null;
}

/** Since when it has been in its state. */
export function StateAge({ server, className = '' }: { readonly server: Server; readonly className?: string }) {
  return <Time at={server.stateSince} words={sinceText} className={`text-small text-ink-faint ${className}`} />;
}
