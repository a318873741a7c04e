// CPU and memory in use now; a dash where that is not known.

import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { presentTime } from '../ui/clock.ts';
import { coresText, sampleHint, usageNow, usedMemoryText } from './usage-words.ts';

const none = <span className="text-ink-faint">{text.none}</span>;

export function ServerCpu({ server }: { readonly server: Server }) {
  const usage = usageNow(server);
  if (usage === null) return none;
  return <span title={sampleHint(text.servers.usedCores(usage.cores.toFixed(2)), usage, presentTime())}>{coresText(usage.cores)}</span>;
}

export function ServerMemory({ server }: { readonly server: Server }) {
  const usage = usageNow(server);
  if (usage === null) return none;
  const used = usedMemoryText(usage.memoryBytes, server.limits.memoryMb);
  return <span title={sampleHint(used, usage, presentTime())}>{used}</span>;
}
