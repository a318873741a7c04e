// A server's history held against the lifecycle's tables: every event must lead on from the one before it, and every move
// must be one that a table allows. Pure; what it is given is what the events table says, oldest first.

import {
  type Action,
  actions,
  type OperationKind,
  operations,
  permission,
  type State,
  settling,
  sightings,
} from '@mainstay/core/lifecycle';
import { conclude, type Ending, type Sighting } from '@mainstay/core/settle';
import type { Cause, Happening } from '@mainstay/wire/events';

export interface Told {
  readonly id: number;
  readonly operationId: string | null;
  readonly cause: Cause;
  readonly happening: Happening;
}

/** Where a history has led so far. */
interface Place {
  /** null: nobody has a record of it. */
  state: State | null;
  open: { readonly id: string | null; readonly kind: OperationKind; readonly from: State } | null;
  /** The operation that ended last: where the server stands is written right behind its end. */
  ended: Place['open'];
}

/**
 * @param now the state that the record says; null: there is no record
 * @returns what is no path, one sentence each
 */
export function breaksIn(history: readonly Told[], now: State | null): string[] {
  const place: Place = { state: null, open: null, ended: null };
  const breaks = history.flatMap((told) => {
    const wrong = follow(place, told);
    return wrong === null ? [] : [`event ${told.id} (${told.happening.kind}): ${wrong}`];
  });
  return place.state === now ? breaks : [...breaks, `its history ends ${place.state ?? 'with no record'}, its record is ${now ?? 'gone'}`];
}

/** Goes one event on. @returns why it does not follow; null: it does */
function follow(place: Place, { operationId, cause, happening }: Told): string | null {
  switch (happening.kind) {
    case 'server-recorded': {
      const before = place.state;
      place.state = happening.state;
      return before === null ? null : `recorded while it was ${before}`;
    }
    case 'operation-requested': {
      const { state, open } = place;
      const kind = happening.operation;
      place.open = { id: operationId, kind, from: state ?? 'creating' };
      if (open) return `a ${kind} was opened while a ${open.kind} was open`;
      if (state === null) return `a ${kind} was opened on no record`;
      return mayOpen(state, kind, cause) ? null : `a ${kind} was opened while it was ${state}`;
    }
    case 'operation-ended': {
      const { open } = place;
      place.open = null;
      place.ended = open;
      return open?.kind === happening.operation && open.id === operationId ? null : `a ${happening.operation} ended that was not open`;
    }
    case 'server-state': {
      const { state } = place;
      place.state = happening.to;
      if (state !== happening.from) return `it moved from ${happening.from} while it was ${state}`;
      return mayMove(place, state, happening.to, cause) ? null : `nothing leads from ${state} to ${happening.to} by ${byOf(cause)}`;
    }
    case 'server-purged': {
      const { state, ended } = place;
      place.state = null;
      return state === 'deleting' && ended?.kind === 'purge' ? null : `it was forgotten while it was ${state}`;
    }
    default:
      return null;
  }
}

function mayOpen(state: State, kind: OperationKind, cause: Cause): boolean {
  if (kind === 'create') return state === 'creating';
  // What is seen of a deleted server is a stray, and removed by Mainstay itself.
  if (kind === 'delete' && state === 'deleted') return cause.by === 'person' && cause.who === 'mainstay';
  return (actions as readonly string[]).includes(kind) && permission(state, kind as Action) === 'yes';
}

function mayMove({ open, ended }: Place, from: State, to: State, cause: Cause): boolean {
  if (cause.by === 'observation') return open === null && seen(from).includes(to);
  if (cause.by !== 'operation') return false;
  const { during } = operations[cause.operation];
  if (open?.kind === cause.operation && during === to) return true;
  if (open === null && ended?.kind === cause.operation) return concluded(cause.operation, ended.from).has(to);
  // Another server's creation or start, which copies this one's data, lets it rest meanwhile.
  return open === null && (cause.operation === 'create' || cause.operation === 'start') && from === 'running' && to === 'stopped';
}

const seen = (from: State): string[] => sightings.map((kind) => settling[from][kind]);

/** Every state that an operation which found `from` can leave a server in, whatever was seen last. */
function concluded(kind: OperationKind, from: State): ReadonlySet<State> {
  const reason = { code: 'operation-failed', operation: kind, fault: 'internal', detail: '' } as const;
  const endings: Ending[] = [
    { kind: 'succeeded' },
    { kind: 'cancelled' },
    { kind: 'failed', reason, refusal: false },
    { kind: 'failed', reason, refusal: true },
  ];
  const newest: Sighting[] = [
    { kind: 'running', containerId: '' },
    { kind: 'not-running', containerId: '', exit: null },
    { kind: 'absent' },
    { kind: 'unknown', why: '' },
  ];
  return new Set(
    endings.flatMap((ending) =>
      newest.flatMap((sighting) =>
        (['running', 'stopped'] as const).flatMap((intent) => {
          const conclusion = conclude(kind, from, intent, ending, sighting);
          return conclusion.kind === 'stands' ? [conclusion.state] : [];
        }),
      ),
    ),
  );
}

const byOf = (cause: Cause): string => (cause.by === 'operation' ? `a ${cause.operation}` : `an ${cause.by}`);
