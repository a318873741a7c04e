// Doing something with a server, from wherever it is shown. One provider keeps the questions (dialogs) and the ear for
// how an operation ends, so that a row may scroll away, or its page be left, while they are open.

import { Fault } from '@mainstay/core/fault';
import { contract } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import { type Mutation, useIsMutating, useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { createContext, type ReactNode, Suspense, use, useEffect, useMemo, useRef, useState } from 'react';
import { call } from '../api.ts';
import { later } from '../later.ts';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { holdOperation, stream } from '../queries.ts';
import { notify } from '../ui/toast.tsx';
import { type ActOptions, detailOf, errorText, request, type ServerOperation } from './act.ts';
import type { Consequence, Offer } from './offers.ts';
import type { Question } from './question-dialog.tsx';

interface Act {
  readonly server: Server;
  readonly kind: ServerOperation;
  readonly options: ActOptions;
}

/** Asked rarely, so loaded when it is. */
const QuestionDialog = later(async () => (await import('./question-dialog.tsx')).QuestionDialog);

interface Actions {
  /** Takes an offer up: asks first, goes there, or asks the manager for it. */
  readonly take: (server: Server, offer: Offer) => void;
  /** Asks whether its install script is to be run again. */
  readonly reinstall: (server: Server) => void;
  readonly cancel: (operation: Operation) => void;
  /** Has it told when an operation that this page asked for does not succeed. */
  readonly follow: (operation: Operation) => void;
}

const ActionsContext = createContext<Actions | null>(null);

export function useActions(): Actions {
  const actions = use(ActionsContext);
  if (actions === null) throw new Error('useActions outside ActionsProvider');
  return actions;
}

const actKey = ['act'] as const;
const cancelKey = ['cancel'] as const;

/** Whether an action on the server, or its cancelling, is on its way to the manager. */
export function useIsAsking(server: Server): boolean {
  const acting = useIsMutating({
    mutationKey: actKey,
    predicate: (mutation) => (mutation as Mutation<unknown, Error, Act>).state.variables?.server.id === server.id,
  });
  const cancelling = useIsMutating({
    mutationKey: cancelKey,
    predicate: (mutation) => (mutation as Mutation<unknown, Error, Operation>).state.variables?.serverId === server.id,
  });
  return acting + cancelling > 0;
}

export function ActionsProvider({ children }: { readonly children: ReactNode }) {
  const navigate = useNavigate();
  const [question, setQuestion] = useState<Question | null>(null);
  const follow = useFollowing();

  const { mutate: act } = useMutation({
    mutationKey: actKey,
    mutationFn: ({ server, kind, options }: Act) => request(kind, server.id, options),
    onSuccess: follow,
    onError: (error, { server, kind }) => {
      const worldGone = error instanceof Fault && error.code === 'data-missing';
      notify({
        tone: 'refusal',
        title: text.actionRefused(text.operations.nouns[kind], server.name),
        detail: detailOf(error),
        ...(worldGone ? { remedy: { label: text.startEmpty, onPress: () => setQuestion({ about: 'empty-world', server }) } } : {}),
      });
    },
  });

  const { mutate: cancel } = useMutation({
    mutationKey: cancelKey,
    mutationFn: ({ id }: Operation) => call(contract.cancelOperation, { params: { operationId: id } }),
    onSuccess: holdOperation,
    onError: (error, { serverName }) =>
      notify({ tone: 'refusal', title: text.actionRefused(text.cancel, serverName), detail: detailOf(error) }),
  });

  const actions = useMemo((): Actions => {
    const consequences = {
      operate: (server, { action }) => {
        if (action !== 'configure' && action !== 'clone') act({ server, kind: action, options: {} });
      },
      'ask-empty-world': (server) => setQuestion({ about: 'empty-world', server }),
      'ask-delete': (server) => setQuestion({ about: 'delete', server }),
      'ask-purge': (server) => setQuestion({ about: 'purge', server }),
      'open-settings': (server) => void navigate(paths.serverSettings(server.id)),
      'open-clone': (server) => void navigate(paths.newServer({ from: server.id })),
    } as const satisfies Record<Consequence, (server: Server, offer: Offer) => void>;
    return {
      take: (server, offer) => consequences[offer.consequence](server, offer),
      reinstall: (server) => setQuestion({ about: 'reinstall', server }),
      cancel,
      follow,
    };
  }, [act, cancel, follow, navigate]);

  const close = () => setQuestion(null);
  return (
    <ActionsContext value={actions}>
      {children}
      <Suspense>
        {question ? (
          <QuestionDialog
            {...question}
            onClose={close}
            onAnswer={(kind, options) => {
              act({ server: question.server, kind, options });
              close();
            }}
          />
        ) : null}
      </Suspense>
    </ActionsContext>
  );
}

/** Tells of those operations that this page asked for and that did not succeed; where they did, the server itself shows it. */
function useFollowing(): (operation: Operation) => void {
  const followed = useRef(new Set<string>());
  useEffect(
    () =>
      stream.onChanges((changes) => {
        for (const { operation } of changes) {
          if (!operation || operation.endedAt === null || !followed.current.delete(operation.id)) continue;
          tellEnd(operation);
        }
      }),
    [],
  );
  return useMemo(
    () => (operation: Operation) => {
      const known = holdOperation(operation);
      if (known.endedAt === null) followed.current.add(operation.id);
      else tellEnd(known);
    },
    [],
  );
}

function tellEnd(operation: Operation): void {
  const { state, kind, serverName } = operation;
  if (state === 'failed') {
    const detail = errorText(operation);
    notify({ tone: 'refusal', title: text.operations.failed(kind, serverName), ...(detail === null ? {} : { detail }) });
  } else if (state === 'cancelled') {
    notify({ tone: 'news', title: text.operations.cancelled(kind, serverName) });
  }
}
