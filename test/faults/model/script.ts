// A history as data: what people ask, what somebody does on a terminal behind Mainstay's back, what befalls its programs. It
// can be drawn at random, shrunk, printed line by line, and played again.

import { type OperationAction, operationKinds } from '@mainstay/core/lifecycle';
import fc from 'fast-check';

/** What people ask for, beside making a server and changing its record. */
export const asks = operationKinds.filter((kind): kind is OperationAction => kind !== 'create');

/** What somebody does to a server's container outside. `crash`: its program dies by itself. */
export const deeds = ['rm', 'stop', 'start', 'kill', 'rename', 'crash'] as const;
export type Deed = (typeof deeds)[number];

/** What befalls a host, its link, or the manager; `heal` ends what lasts. */
export const mishaps = ['link cut', 'host silent', 'agent killed', 'agent down', 'engine away', 'events lost', 'manager killed'] as const;
export type Mishap = (typeof mishaps)[number];

/** Of the history's servers, which one. */
type Place = 0 | 1;

export type Step =
  | {
      readonly do: 'create';
      readonly server: Place;
      readonly run: boolean;
      readonly policy: 'no' | 'unless-stopped';
      readonly wait: boolean;
    }
  | { readonly do: 'ask'; readonly what: OperationAction; readonly server: Place; readonly removeData: boolean; readonly wait: boolean }
  | { readonly do: 'configure'; readonly server: Place; readonly value: number }
  | { readonly do: 'cancel'; readonly server: Place }
  | { readonly do: 'outside'; readonly what: Deed; readonly server: Place; readonly wait: boolean }
  | { readonly do: 'befall'; readonly what: Mishap }
  | { readonly do: 'settle' };

export type History = readonly Step[];

export interface Drawing {
  readonly steps: { readonly min: number; readonly max: number };
  /** How often each kind of step is drawn, against the others. */
  readonly weights?: { readonly [kind in Step['do']]?: number };
}

/** The manager dies more rarely: all that share it are struck by that, and it must be up for a while in between. */
const drawn: readonly Mishap[] = mishaps.flatMap((mishap) => (mishap === 'manager killed' ? [mishap] : [mishap, mishap, mishap, mishap]));

const usual = { create: 2, ask: 12, configure: 1, cancel: 1, outside: 5, befall: 3, settle: 1 } as const;

/** Histories as they are drawn at random; each begins with a server. */
export function histories({ steps, weights = {} }: Drawing): fc.Arbitrary<History> {
  const server = fc.constantFrom<Place[]>(0, 0, 0, 1);
  // Most things are waited for: the table then says exactly what must come of them.
  const wait = fc.constantFrom(true, true, false);
  const policy = fc.constantFrom('no' as const, 'unless-stopped' as const);
  const of: { [kind in Step['do']]: fc.Arbitrary<Step> } = {
    create: fc.record({ do: fc.constant('create'), server, run: fc.boolean(), policy, wait }),
    ask: fc.record({ do: fc.constant('ask'), what: fc.constantFrom(...asks), server, removeData: fc.boolean(), wait }),
    configure: fc.record({ do: fc.constant('configure'), server, value: fc.nat(9) }),
    cancel: fc.record({ do: fc.constant('cancel'), server }),
    outside: fc.record({ do: fc.constant('outside'), what: fc.constantFrom(...deeds), server, wait }),
    befall: fc.record({ do: fc.constant('befall'), what: fc.constantFrom(...drawn) }),
    settle: fc.constant({ do: 'settle' }),
  };
  const kinds = Object.keys(of) as Step['do'][];
  const step = fc.oneof(...kinds.map((kind) => ({ weight: weights[kind] ?? usual[kind], arbitrary: of[kind] })));
  const first = fc.record({ do: fc.constant('create' as const), server: fc.constant(0 as const), run: fc.boolean(), policy, wait });
  return fc.tuple(first, fc.array(step, { minLength: steps.min - 1, maxLength: steps.max - 1 })).map(([one, more]) => [one, ...more]);
}

/** A step as a line of the script that is printed. */
export function line(step: Step): string {
  switch (step.do) {
    case 'create':
      return `create server ${step.server}${step.run ? '' : ', not started'}, restart ${step.policy}${waiting(step)}`;
    case 'ask':
      return `${step.what} server ${step.server}${step.what === 'purge' && step.removeData ? ' with its data' : ''}${waiting(step)}`;
    case 'configure':
      return `change the record of server ${step.server} (${step.value})`;
    case 'cancel':
      return `cancel what is open on server ${step.server}`;
    case 'outside':
      return `outside: ${step.what === 'crash' ? 'the program crashes' : `docker ${step.what}`} of server ${step.server}${waiting(step)}`;
    case 'befall':
      return step.what;
    case 'settle':
      return 'all is well again, and settles';
  }
}

const waiting = ({ wait }: { readonly wait: boolean }) => (wait ? ', and wait' : '');

/** What is kept of a failed run, and played again by `npm run test:faults -- replay FILE`. */
export interface Script {
  readonly on: 'made-up hosts' | 'the real engine';
  /** Played at one time, each on a host of its own. */
  readonly histories: readonly History[];
}
