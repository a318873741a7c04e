// History as sentences: what happened, and who or what brought it about.

import type { OperationKind, State } from '@mainstay/core/lifecycle';
import type { Event, Happening } from '@mainstay/wire/events';
import { text } from '../messages.ts';
import { exactText } from '../ui/age.ts';
import { bytesText } from '../ui/bytes.ts';
import { filesText } from './operation-words.ts';
import { asReason } from './reasons.ts';

/** What happened, without its full stop. */
export function happeningText(happening: Happening): string {
  switch (happening.kind) {
    case 'server-recorded':
      return happening.clonedFrom === undefined ? text.history.recorded : text.history.cloned(happening.clonedFrom);
    case 'server-state':
      // That an operation brought it there, its cause says.
      return happening.reason.code === 'operation'
        ? text.states[happening.to]
        : text.history.became(text.states[happening.to], text.because(asReason(happening.reason)));
    case 'server-configured':
      return text.history.configured(happening.fields.join(', '));
    case 'server-crashed': {
      const { exit, restarts } = happening;
      const what = exit.outOfMemory ? text.history.crashedMemory : text.history.crashed(exit.code);
      return restarts === null || restarts === 0 ? what : [what, text.history.engineRestarted(restarts)].join(text.separator);
    }
    case 'server-data':
      return dataText(happening.from, happening.to);
    case 'server-purged':
      return happening.dataRemoved ? text.history.purgedWithData : text.history.purgedKeeping;
    case 'server-stopped-by':
      return text.history.stoppedBy[happening.rung];
    case 'server-quota':
      return happening.over
        ? text.history.overQuota(bytesText(happening.bytes), happening.quotaBytes === null ? null : bytesText(happening.quotaBytes))
        : text.history.withinQuota(bytesText(happening.bytes));
    case 'agent-disk':
      return (happening.nearlyFull ? text.history.nearlyFull : text.history.roomAgain)(bytesText(happening.freeBytes));
    case 'purge-near':
      return text.history.purgeNear(exactText(happening.purgeAt));
    case 'settings-changed':
      return text.history.settingsChanged;
    case 'trash-emptied':
      return text.history.trashEmptied;
    case 'server-copied':
      return copiedText(happening);
    case 'server-lent':
      return happening.over ? text.history.lentOver(happening.to) : text.history.lent(happening.to, happening.live);
    case 'server-ready':
      return text.history.ready;
    case 'stray-found':
      return text.history.strayFound(happening.containerId.slice(0, 12));
    case 'operation-requested':
      return text.history.requested(happening.operation);
    case 'operation-ended':
      return happening.outcome === 'failed'
        ? text.history.failed(happening.operation, happening.detail?.replace(/\.$/, '') ?? null)
        : text.history[happening.outcome](happening.operation);
    case 'template-saved':
      return text.history.templateSaved(happening.name, happening.version);
    case 'template-removed':
      return text.history.templateRemoved(happening.name);
    case 'agent-joined':
      return text.history.agentJoined;
    case 'agent-online':
      return text.history.agentOnline;
    case 'agent-away':
      return text.history.agentAway;
    case 'agent-removed':
      return text.history.agentRemoved;
    case 'agent-configured':
      return text.history.agentConfigured(happening.name, happening.draining);
    case 'agent-engine':
      return { ok: text.history.engineOk, unreachable: text.history.engineUnreachable, other: text.history.engineOther }[happening.state];
  }
}

function copiedText({ from, bytes, files, leftOut, torn, live }: Extract<Happening, { kind: 'server-copied' }>): string {
  return [
    text.history.copied(from, bytesText(bytes), filesText(files)),
    live ? text.history.copiedLive : '',
    torn > 0 ? text.history.torn(filesText(torn)) : '',
    leftOut > 0 ? text.history.leftOut(leftOut) : '',
  ]
    .filter((part) => part !== '')
    .join(text.separator);
}

function dataText(from: string, to: string): string {
  if (to === 'yes') return from === 'no' ? text.history.dataBack : text.history.dataThere;
  return to === 'no' ? text.history.dataGone : text.history.dataUnknown;
}

/** Who or what brought it about. */
export function causeText({ cause, happening }: Pick<Event, 'cause' | 'happening'>): string {
  switch (cause.by) {
    case 'person':
      return text.history.by.person(cause.who);
    case 'operation':
      // A sentence about the operation itself needs only who asked for it.
      return operationIn(happening) === cause.operation
        ? text.history.by.person(cause.who)
        : text.history.by.operation(cause.who, cause.operation);
    case 'observation':
      return text.history.by.observation;
    case 'link':
      return text.history.by.link;
    case 'retention':
      return text.history.by.retention;
    case 'measurement':
      return text.history.by.measurement;
  }
}

function operationIn(happening: Happening): OperationKind | null {
  if (happening.kind === 'server-state') return happening.reason.code === 'operation' ? happening.reason.operation : null;
  return 'operation' in happening ? happening.operation : null;
}

/** The state that an event brought its server to, whose shape stands beside it. */
export function stateAfter({ happening }: Event): State | null {
  return happening.kind === 'server-state' ? happening.to : null;
}
