// Every effect with what carries it out: a new one without an executor does not compile. An executor decides nothing;
// it makes one thing true, may be cut short at any point and done again, and is answered by a look taken after it.

import { Fault } from '@mainstay/core/fault';
import type { AgentId } from '@mainstay/core/id';
import { sameEngine } from '@mainstay/core/same-engine';
import type { Effect, EffectOf, ParamsOf, ResultOf } from '@mainstay/wire/link';
import type { Progress } from '@mainstay/wire/operations';
import type { Keeping } from './keeping.ts';
import type { Looker, LookingWorld } from './look.ts';
import type { Measure } from './measuring.ts';
import type { PolicyFile } from './policy-file.ts';
import type { DataRoot } from './root.ts';
import { dropCopied, ensureCopied } from './steps/copy.ts';
import { ensureArchived, ensureDataBack, ensureDataGone, guardData } from './steps/data.ts';
import { checkFiles, editFiles } from './steps/files.ts';
import { ensureImage } from './steps/image.ts';
import { ensureInstalled } from './steps/install.ts';
import { ensureContainer, ensureReplacement } from './steps/make.ts';
import { checkPorts } from './steps/ports.ts';
import { ensureAbsent, ensureOnly } from './steps/remove.ts';
import { dropReplacement, swapReplacement } from './steps/replace.ts';
import { ensureRunning } from './steps/run.ts';
import type { AskManager, Done, Step } from './steps/step.ts';
import { ensureStopped } from './steps/stop.ts';
import type { Told } from './told.ts';
import type { Turns } from './turns.ts';

type Executor<A extends Effect['action']> = (step: Step, effect: EffectOf<A>) => Promise<Done>;

/** `turn`: one at a time for a server. `aside`: changes nothing of the server, so that a long pull never holds up a stop. */
const executors = {
  'guard-data': { in: 'turn', by: guardData },
  'ensure-image': { in: 'aside', by: ensureImage },
  'check-ports': { in: 'aside', by: checkPorts },
  // Runs for hours at times, and what it changes only it looks at before it is done.
  'ensure-installed': { in: 'aside', by: ensureInstalled },
  'check-files': { in: 'aside', by: checkFiles },
  'edit-files': { in: 'turn', by: editFiles },
  'ensure-container': { in: 'turn', by: ensureContainer },
  'ensure-running': { in: 'turn', by: ensureRunning },
  'ensure-stopped': { in: 'turn', by: ensureStopped },
  'ensure-absent': { in: 'turn', by: ensureAbsent },
  'ensure-archived': { in: 'turn', by: ensureArchived },
  'ensure-data-back': { in: 'turn', by: ensureDataBack },
  'ensure-data-gone': { in: 'turn', by: ensureDataGone },
  // Takes as long as the disk and the line do, and nothing stands in the server’s place before it is whole.
  'ensure-copied': { in: 'aside', by: ensureCopied },
  'drop-copied': { in: 'aside', by: dropCopied },
  'ensure-replacement': { in: 'turn', by: ensureReplacement },
  'swap-replacement': { in: 'turn', by: swapReplacement },
  'drop-replacement': { in: 'turn', by: dropReplacement },
  'ensure-only': { in: 'turn', by: ensureOnly },
} as const satisfies { readonly [A in Effect['action']]: { readonly in: 'turn' | 'aside'; readonly by: Executor<A> } };

export interface SteppingWorld extends Omit<LookingWorld, 'busy'> {
  readonly agentId: AgentId;
  readonly looker: Looker;
  readonly told: Pick<Told, 'doubt'>;
  readonly turns: Turns;
  readonly keeping: Keeping;
  readonly measure: Measure;
  readonly root: DataRoot;
  readonly askManager: AskManager;
  readonly policy: Pick<PolicyFile, 'refuse'>;
}

/**
 * Makes one effect true and looks at the server.
 * @param signal ends it early: `cancelled`; what was done by then stays done
 */
export async function apply(
  world: SteppingWorld,
  { serverId, containerId, effect, engineId }: ParamsOf<'server.apply'>,
  report: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<ResultOf<'server.apply'>> {
  const { known, looker, turns, policy } = world;
  // Nothing else leads from a message to an effect: this is where the host's own will counts.
  await policy.refuse(effect);
  const executor = executors[effect.action];
  const execute = executor.by as Executor<Effect['action']>;
  const work = async () => {
    const answering = await looker.engineId.get();
    if (engineId !== null && !sameEngine(engineId, answering)) {
      throw new Fault('engine-unreachable', 'Another Docker engine answers on the host than the one that its servers live on.');
    }
    known.meet(serverId, containerId);
    const done = await execute({ ...world, serverId, report, signal }, effect).catch((error: unknown) => {
      throw signal.aborted ? new Fault('cancelled', 'It was cancelled.', { cause: error }) : error;
    });
    const observation = await looker.look([serverId], { data: true, exact: new Set([serverId]) });
    const seen = observation.servers[0]?.sighting;
    const body = seen?.kind === 'running' || seen?.kind === 'not-running' ? seen.containerId : null;
    return {
      containerId: seen?.kind === 'absent' ? null : (body ?? known.recorded(serverId)),
      endedBy: done.endedBy ?? null,
      copied: done.copied ?? null,
      observation,
    };
  };
  return executor.in === 'aside' ? work() : turns.take(serverId, work, signal);
}
