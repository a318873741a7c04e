// Every measure there is, in the order of the document.

import { actions } from './actions.ts';
import { agentRest } from './agent-rest.ts';
import { bulkStart } from './bulk-start.ts';
import { changeSeen } from './change-seen.ts';
import { cloneCopy } from './clone-copy.ts';
import { diskUsage } from './disk-usage.ts';
import { eventStreamCut } from './event-stream-cut.ts';
import { fullLook } from './full-look.ts';
import type { Measure } from './harness/measure.ts';
import { listBusy } from './list-busy.ts';
import { listGrowth } from './list-growth.ts';
import { listPage } from './list-page.ts';
import { managerRestart } from './manager-restart.ts';
import { manyChanges } from './many-changes.ts';
import { manyHosts } from './many-hosts.ts';
import { npmStart } from './npm-start.ts';
import { page } from './page.ts';
import { painted } from './painted.ts';
import { rest } from './rest.ts';
import { settleGrowth } from './settle-growth.ts';
import { usageSampling } from './usage-sampling.ts';

export const measures: readonly Measure[] = [
  changeSeen,
  painted,
  eventStreamCut,
  actions,
  bulkStart,
  fullLook,
  agentRest,
  usageSampling,
  manyHosts,
  listPage,
  listBusy,
  listGrowth,
  settleGrowth,
  manyChanges,
  diskUsage,
  page,
  cloneCopy,
  managerRestart,
  rest,
  npmStart,
];
