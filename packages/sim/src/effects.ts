// Every effect with the step that makes it true: a new one that simulated hosts do not know does not compile. One at a
// time for a server, and each is answered by a look taken after it.

import { Fault } from '@mainstay/core/fault';
import type { Effect, EffectOf, ParamsOf, ResultOf } from '@mainstay/wire/link';
import type { Progress } from '@mainstay/wire/operations';
import type { Ends } from './knobs.ts';
import { type LookingWorld, look } from './look.ts';
import {
  type AskManager,
  checkFiles,
  checkPorts,
  type Done,
  dropCopied,
  dropReplacement,
  editFiles,
  ensureAbsent,
  ensureArchived,
  ensureContainer,
  ensureCopied,
  ensureDataBack,
  ensureDataGone,
  ensureImage,
  ensureInstalled,
  ensureOnly,
  ensureReplacement,
  ensureRunning,
  ensureStopped,
  guardData,
  type Step,
  swapReplacement,
} from './steps.ts';
import type { Turns } from './turns.ts';

type Executor<A extends Effect['action']> = (step: Step, effect: EffectOf<A>) => Done | Promise<Done>;

/** `turn`: one at a time for a server. `aside`: changes nothing of the server, so that a long pull never holds up a stop. */
const executors = {
  'guard-data': { in: 'turn', by: guardData },
  'ensure-image': { in: 'aside', by: ensureImage },
  'check-ports': { in: 'aside', by: checkPorts },
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
  'ensure-copied': { in: 'aside', by: ensureCopied },
  'drop-copied': { in: 'aside', by: dropCopied },
  'ensure-replacement': { in: 'turn', by: ensureReplacement },
  'swap-replacement': { in: 'turn', by: swapReplacement },
  'drop-replacement': { in: 'turn', by: dropReplacement },
  'ensure-only': { in: 'turn', by: ensureOnly },
} as const satisfies { readonly [A in Effect['action']]: { readonly in: 'turn' | 'aside'; readonly by: Executor<A> } };

export interface EffectsWorld extends Omit<LookingWorld, 'busy'> {
  readonly turns: Turns;
  readonly pullMs: number;
  readonly askManager: AskManager;
}

/** Makes one effect true and looks at the server. */
export async function apply(
  world: EffectsWorld,
  { serverId, containerId, effect, engineId }: ParamsOf<'server.apply'>,
  report: (progress: Progress) => void,
  ends: Ends,
): Promise<ResultOf<'server.apply'>> {
  const { machine, known, knobs, turns } = world;
  const executor = executors[effect.action];
  const execute = executor.by as Executor<Effect['action']>;
  const work = async () => {
    const answering = machine.reach().id;
    if (engineId !== null && answering !== engineId) {
      throw new Fault('engine-unreachable', 'Another Docker engine answers on the host than the one that its servers live on.');
    }
    known.meet(serverId, containerId);
    const done = await knobs.call(effect.action, ends, () => execute({ ...world, serverId, report, signal: ends.signal }, effect));
    const observation = await look({ ...world, busy: turns.busy }, [serverId], ends);
    const seen = observation.servers[0]?.sighting;
    const body = seen?.kind === 'running' || seen?.kind === 'not-running' ? seen.containerId : null;
    return {
      containerId: seen?.kind === 'absent' ? null : (body ?? known.recorded(serverId)),
      endedBy: done.endedBy ?? null,
      copied: done.copied ?? null,
      observation,
    };
  };
  return executor.in === 'aside' ? work() : turns.take(serverId, work, ends.signal);
}
