// One's own account: what one may do, the password, where one is signed in, and the tokens that one made.

import { Fault } from '@mainstay/core/fault';
import { changePassword } from '@mainstay/wire/accounts';
import { contract } from '@mainstay/wire/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { text } from '../messages.ts';
import { detailOf } from '../parts/act.ts';
import { browserWords } from '../parts/browser-words.ts';
import { FactorPanel } from '../parts/factor-panel.tsx';
import { errorsNamed, errorsOfParsed } from '../parts/field-errors.ts';
import { useGrantWords } from '../parts/grant-words.ts';
import { TokenPanel } from '../parts/token-panel.tsx';
import { TypedField } from '../parts/typed-field.tsx';
import { askForPeople, factorsQuery, ownSessionsQuery, signInWaysQuery } from '../people-queries.ts';
import { sessionQuery } from '../queries.ts';
import { ageText } from '../ui/age.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { Panel } from '../ui/panel.tsx';
import { Ticking } from '../ui/time.tsx';
import { notify } from '../ui/toast.tsx';

const words = people.account;

export function AccountPage() {
  const { data: session } = useQuery(sessionQuery);
  const say = useGrantWords();
  const hasAccount = session?.account != null;
  // Drawn once all of it is there or cannot be had: what comes later would move what is below it.
  const pending = [
    useQuery({ ...factorsQuery, enabled: hasAccount }),
    useQuery({ ...signInWaysQuery, enabled: hasAccount }),
    useQuery({ ...ownSessionsQuery, enabled: hasAccount }),
  ].some(({ isLoading }) => isLoading);
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <PageHead title={words.title} />
      {session && !pending ? (
        <>
          <p className="text-ink-soft">{session.account ? words.signedIn(session.account.name) : words.byLink}</p>
          <Panel title={words.roles}>
            <ul>
              {session.access.grants.map((grant) => (
                <li key={say(grant)}>
                  {say(grant)} <span className="text-aside text-ink-faint">{people.grants.meanings[grant.role]}</span>
                </li>
              ))}
            </ul>
          </Panel>
          {session.account ? (
            <>
              <PasswordPanel name={session.account.name} />
              <FactorPanel />
              <SessionPanel />
            </>
          ) : null}
          <TokenPanel />
        </>
      ) : null}
    </div>
  );
}

function PasswordPanel({ name }: { readonly name: string }) {
  const { data: factors } = useQuery(factorsQuery);
  const hasPassword = factors?.password !== false;
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [tried, setTried] = useState(false);
  const checked = changePassword.safeParse({ current, password: next });
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => call(contract.changePassword, { body: { current, password: next } }),
    onSuccess: () => {
      setCurrent('');
      setNext('');
      setTried(false);
      notify({ tone: 'news', title: words.changed });
      void askForPeople();
    },
  });
  const named = error instanceof Fault ? errorsNamed(error) : new Map<string, string>();
  const errors = tried ? new Map([...named, ...errorsOfParsed(checked)]) : new Map<string, string>();
  const secret = (label: string, at: string, value: string, set: (value: string) => void, kind: 'current-password' | 'new-password') => (
    <TypedField label={label} error={errors.get(at)} value={value} type="password" fill={kind} onChange={set} />
  );
  return (
    <Panel title={words.passwordTitle}>
      <form
        noValidate
        className="flex max-w-sm flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (checked.success && !isPending) mutate();
        }}
      >
        {/* So that a password manager knows whose it is. */}
        <input type="text" hidden readOnly autoComplete="username" value={name} />
        {hasPassword ? (
          secret(words.current, '/current', current, setCurrent, 'current-password')
        ) : (
          <p className="text-ink-soft">{words.noPassword}</p>
        )}
        {secret(words.next, '/password', next, setNext, 'new-password')}
        <AlertLine words={error && named.size === 0 ? detailOf(error) : null} />
        <div>
          <Button type="submit" pending={isPending}>
            {words.change}
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function SessionPanel() {
  const { data: sessions = [] } = useQuery(ownSessionsQuery);
  const refused = (error: unknown) => notify({ tone: 'refusal', title: people.people.refused, detail: detailOf(error) });
  const end = useMutation({
    mutationFn: (sessionId: string) => call(contract.endOwnSession, { params: { sessionId } }),
    onSuccess: askForPeople,
    onError: refused,
  });
  const endOthers = useMutation({ mutationFn: () => call(contract.endOtherSessions, {}), onSuccess: askForPeople, onError: refused });
  return (
    <Panel
      title={words.sessions}
      aside={
        sessions.length > 1 ? (
          <Button size="small" pending={endOthers.isPending} onPress={() => endOthers.mutate()}>
            {words.endOthers}
          </Button>
        ) : null
      }
    >
      <ul className="-my-3 divide-y divide-line">
        {sessions.map(({ id, current, address, userAgent, lastUsedAt, createdAt }) => {
          const where = address ?? words.unknownPlace;
          return (
            <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5">
              <div className="min-w-0 flex-1 basis-60">
                <p>
                  <span className="font-[550]">{where}</span>{' '}
                  <span className="text-aside text-ink-faint">
                    {current ? words.thisOne : <Ticking words={(now) => words.lastUsed(ageText(now - (lastUsedAt ?? createdAt)))} />}
                  </span>
                </p>
                <p className="truncate text-aside text-ink-soft" title={userAgent ?? undefined}>
                  {userAgent === null ? text.none : browserWords(userAgent)}
                </p>
              </div>
              {current ? null : (
                <Button size="small" label={words.endLabel(where)} pending={end.isPending} onPress={() => end.mutate(id)}>
                  {words.end}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
