// History as sentences: what happened, and who or what brought it about.

import type { OperationKind, State } from '@mainstay/core/lifecycle';
import type { Event, Happening } from '@mainstay/wire/events';
import { historyText } from '../messages/history.ts';
import { text } from '../messages.ts';
import { exactText } from '../ui/age.ts';
import { bytesText } from '../ui/bytes.ts';
import { filesText } from './operation-words.ts';
import { asReason } from './reasons.ts';

/** What happened, without its full stop. */
export function happeningText(happening: Happening): string {
  switch (happening.kind) {
    case 'server-recorded':
      return happening.clonedFrom === undefined ? historyText.recorded : historyText.cloned(nameOf(happening.clonedFrom));
    case 'server-state':
      // That an operation brought it there, its cause says.
      return happening.reason.code === 'operation'
        ? text.states[happening.to]
        : historyText.became(text.states[happening.to], text.because(asReason(happening.reason)));
    case 'server-configured':
      return historyText.configured(happening.fields.join(', '));
    case 'server-crashed': {
      const { exit, restarts } = happening;
      const what = exit.outOfMemory ? historyText.crashedMemory : historyText.crashed(exit.code);
      return restarts === null || restarts === 0 ? what : [what, historyText.engineRestarted(restarts)].join(text.separator);
    }
    case 'server-data':
      return dataText(happening.from, happening.to);
    case 'server-purged':
      return happening.dataRemoved ? historyText.purgedWithData : historyText.purgedKeeping;
    case 'server-stopped-by':
      return historyText.stoppedBy[happening.rung];
    case 'server-quota':
      return happening.over
        ? historyText.overQuota(bytesText(happening.bytes), happening.quotaBytes === null ? null : bytesText(happening.quotaBytes))
        : historyText.withinQuota(bytesText(happening.bytes));
    case 'agent-disk':
      return (happening.nearlyFull ? historyText.nearlyFull : historyText.roomAgain)(bytesText(happening.freeBytes));
    case 'purge-near':
      return historyText.purgeNear(exactText(happening.purgeAt));
    case 'settings-changed':
      return historyText.settingsChanged;
    case 'trash-emptied':
      return historyText.trashEmptied;
    case 'server-copied':
      return copiedText(happening);
    case 'server-lent':
      return happening.over ? historyText.lentOver(nameOf(happening.to)) : historyText.lent(nameOf(happening.to), happening.live);
    case 'server-ready':
      return historyText.ready;
    case 'stray-found':
      return historyText.strayFound(happening.containerId.slice(0, 12));
    case 'operation-requested':
      return historyText.requested(happening.operation);
    case 'operation-ended':
      return happening.outcome === 'failed'
        ? historyText.failed(happening.operation, happening.detail?.replace(/\.$/, '') ?? null)
        : historyText[happening.outcome](happening.operation);
    case 'template-saved':
      return historyText.templateSaved(happening.name, happening.version);
    case 'template-removed':
      return historyText.templateRemoved(happening.name);
    case 'agent-joined':
      return historyText.agentJoined;
    case 'agent-online':
      return historyText.agentOnline;
    case 'agent-away':
      return historyText.agentAway;
    case 'agent-removed':
      return historyText.agentRemoved;
    case 'agent-configured':
      return historyText.agentConfigured(happening.name, happening.draining);
    case 'agent-engine':
      return { ok: historyText.engineOk, unreachable: historyText.engineUnreachable, other: historyText.engineOther }[happening.state];
  }
}

const nameOf = (name: string | null): string => name ?? text.hiddenServer;

function copiedText({ from, bytes, files, leftOut, torn, live }: Extract<Happening, { kind: 'server-copied' }>): string {
  return [
    historyText.copied(nameOf(from), bytesText(bytes), filesText(files)),
    live ? historyText.copiedLive : '',
    torn > 0 ? historyText.torn(filesText(torn)) : '',
    leftOut > 0 ? historyText.leftOut(leftOut) : '',
  ]
    .filter((part) => part !== '')
    .join(text.separator);
}

function dataText(from: string, to: string): string {
  if (to === 'yes') return from === 'no' ? historyText.dataBack : historyText.dataThere;
  return to === 'no' ? historyText.dataGone : historyText.dataUnknown;
}

/** Who or what brought it about. */
export function causeText({ cause, happening }: Pick<Event, 'cause' | 'happening'>): string {
  switch (cause.by) {
    case 'person':
      return historyText.by.person(cause.who);
    case 'operation':
      // A sentence about the operation itself needs only who asked for it.
      return operationIn(happening) === cause.operation
        ? historyText.by.person(cause.who)
        : historyText.by.operation(cause.who, cause.operation);
    case 'observation':
      return historyText.by.observation;
    case 'link':
      return historyText.by.link;
    case 'retention':
      return historyText.by.retention;
    case 'measurement':
      return historyText.by.measurement;
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
