// What a server's history says, in English.

import type { OperationKind } from '@mainstay/core/lifecycle';
import { count } from '../count.ts';
import { operationNouns } from '../en.ts';

export const en = {
  recorded: 'Recorded',
  cloned: (from: string) => `Recorded, as a clone of ${from}`,
  copied: (from: string, bytes: string, files: string) => `Its data came from ${from}: ${bytes} in ${files}`,
  copiedLive: 'copied while that ran, so what it wrote meanwhile may be torn',
  torn: (files: string) => `${files} changed while being copied`,
  leftOut: (things: number) => `left out: ${count(things, 'socket, pipe or device', 'sockets, pipes and devices')}`,
  lent: (to: string, live: boolean) => (live ? `Its data is being copied to ${to} while it runs` : `Its data is being copied to ${to}`),
  lentOver: (to: string) => `The copying of its data to ${to} is over`,
  became: (state: string, reason: string) => `${state}: ${reason}`,
  was: (state: string) => `was ${state.toLowerCase()}`,
  configured: (fields: string) => `Settings changed: ${fields}`,
  crashed: (code: number) => `Crashed with exit code ${code}`,
  crashedMemory: 'Ran out of memory and was killed',
  engineRestarted: (restarts: number) => `restarted by the engine, ${count(restarts, 'time', 'times')} so far`,
  dataThere: 'Its data is there',
  dataBack: 'Its data is there again',
  dataGone: 'Its data is gone',
  dataUnknown: 'Its data could not be looked at',
  purgedWithData: 'Purged, with its data',
  purgedKeeping: 'Purged; its data was kept on the host',
  ready: 'It can be used',
  stoppedBy: {
    command: 'It ended on its stop command',
    signal: 'It ended on its stop signal',
    kill: 'It did not end in time and was killed',
  },
  overQuota: (size: string, quota: string | null) =>
    quota === null ? `Its data takes ${size}, more than its quota` : `Its data takes ${size}, more than its quota of ${quota}`,
  withinQuota: (size: string) => `Its data takes ${size}, within its quota again`,
  nearlyFull: (free: string) => `The host’s disk is nearly full: ${free} left`,
  roomAgain: (free: string) => `The host’s disk has room again: ${free} left`,
  purgeNear: (at: string) => `It is purged on ${at} unless it is restored`,
  settingsChanged: 'The installation’s settings changed',
  templateSaved: (template: string, version: number) => `Template ${template} was saved, version ${version}`,
  templateRemoved: (template: string) => `Template ${template} was removed`,
  trashEmptied: 'Something was removed from the host’s trash',
  strayFound: (container: string) => `A stray container was found: ${container}`,
  requested: (kind: OperationKind) => `${operationNouns[kind]} asked for`,
  succeeded: (kind: OperationKind) => `${operationNouns[kind]} done`,
  failed: (kind: OperationKind, detail: string | null) =>
    detail === null ? `${operationNouns[kind]} failed` : `${operationNouns[kind]} failed: ${detail}`,
  cancelled: (kind: OperationKind) => `${operationNouns[kind]} cancelled`,
  agentJoined: 'Its host joined',
  agentOnline: 'Its host is heard again',
  agentAway: 'Its host is no longer heard',
  agentRemoved: 'Its host was removed',
  agentConfigured: (host: string, draining: boolean) =>
    draining ? `Its host ${host} takes no new servers` : `Its host’s settings changed: ${host}, open to new servers`,
  engineOk: 'The host’s Docker engine answers',
  engineUnreachable: 'The host’s Docker engine does not answer',
  engineOther: 'Another Docker engine answers on the host',
  by: {
    person: (who: string) => `by ${who}`,
    operation: (who: string, kind: OperationKind) => `by ${who}’s ${operationNouns[kind].toLowerCase()}`,
    observation: 'seen on the host',
    link: 'by the host’s connection',
    retention: 'its retention ends',
    measurement: 'measured on the host',
  },
};
