// Signing in with name and password, and a code where the account asks for one; or with a passkey. And what to do for who has neither.

import { Fault } from '@mainstay/core/fault';
import { contract } from '@mainstay/wire/contract';
import { type PublicKeyCredentialRequestOptionsJSON, startAuthentication } from '@simplewebauthn/browser';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { alertOf } from '../parts/act.ts';
import { Outside } from '../parts/outside.tsx';
import { NoPasskey, passkeyRefusal } from '../parts/passkeys.ts';
import { TypedField } from '../parts/typed-field.tsx';
import { keepWanted } from '../parts/wanted.ts';
import { paths, patterns, readWanted } from '../paths.ts';
import { signInWaysQuery } from '../people-queries.ts';
import { queryClient } from '../queries.ts';
import type { Trouble } from '../sign-in-by-link.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button } from '../ui/button.tsx';
import { Copy } from '../ui/copy.tsx';
import { Ticking } from '../ui/time.tsx';

const words = people.signIn;

const troubles = {
  used: { title: words.used, detail: words.usedDetail },
  limited: { title: words.limited, detail: words.limitedDetail },
  broken: { title: words.broken, detail: words.brokenDetail },
  over: { title: words.over, detail: words.overDetail },
} as const satisfies Record<Trouble, { title: string; detail: string }>;

export function SignInPage() {
  const why = useLocation({ select: ({ state }) => state.signInTrouble });
  const trouble = why && troubles[why];
  return (
    <Outside title={trouble?.title ?? words.title}>
      {trouble ? <p className="text-ink-soft">{trouble.detail}</p> : null}
      <SignInForms />
      <section aria-label={words.link} className="flex flex-col gap-3 border-t border-line pt-5">
        <h2 className="font-[600]">{words.link}</h2>
        <p className="text-ink-soft">{words.how}</p>
        <div className="rounded-panel border border-line bg-panel px-4 py-3">
          <Copy copied={words.command} />
        </div>
      </section>
    </Outside>
  );
}

/** The first step, and the second where the account asks for one. */
function SignInForms() {
  const navigate = useNavigate();
  const { history } = useRouter();
  const { to } = readWanted(useSearch({ from: patterns.signIn }));
  const begun = useLocation({ select: ({ state }) => state.secondStep });
  const [ticket, setTicket] = useState<string | null>(begun ?? null);
  const enter = async () => {
    queryClient.clear();
    if (to === undefined) await navigate({ ...paths.servers(), replace: true });
    else history.replace(to);
  };
  return ticket === null ? (
    <PasswordForm onEnter={enter} onSecondStep={setTicket} />
  ) : (
    <CodeForm ticket={ticket} onEnter={enter} onBack={() => setTicket(null)} />
  );
}

function PasswordForm({
  onEnter,
  onSecondStep,
}: {
  readonly onEnter: () => Promise<void>;
  readonly onSecondStep: (ticket: string) => void;
}) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const byPassword = useMutation({
    mutationFn: () => call(contract.signInByPassword, { body: { name, password } }),
    onSuccess: onEnter,
    onError: (error) => {
      setPassword('');
      if (error instanceof Fault && error.code === 'second-factor') onSecondStep(String(error.extra['ticket']));
    },
  });
  const byPasskey = useMutation({
    mutationFn: async () => {
      const { options } = await call(contract.askPasskey, {});
      const response = await startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON }).catch(() => {
        throw new NoPasskey(people.factors.notGiven);
      });
      return call(contract.signInByPasskey, { body: { response: { ...response } } });
    },
    onSuccess: onEnter,
  });
  const { data: ways } = useQuery(signInWaysQuery);
  const { to } = readWanted(useSearch({ from: patterns.signIn }));
  const bySso = useMutation({
    mutationFn: () => call(contract.startSso, { body: {} }),
    onSuccess: ({ url }) => {
      keepWanted(to);
      location.assign(url);
    },
  });
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (name !== '' && password !== '' && !byPassword.isPending) byPassword.mutate();
      }}
    >
      <TypedField label={words.name} error={undefined} value={name} fill="username" focused onChange={setName} />
      <TypedField
        label={words.password}
        error={undefined}
        value={password}
        type="password"
        fill="current-password"
        onChange={setPassword}
      />
      <RefusalLine error={byPassword.error ?? bySso.error ?? byPasskey.error} />
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" type="submit" pending={byPassword.isPending}>
          {words.submit}
        </Button>
        <Button refusal={passkeyRefusal()} pending={byPasskey.isPending} onPress={() => byPasskey.mutate()}>
          {words.passkey}
        </Button>
        {ways?.sso ? (
          <Button pending={bySso.isPending} onPress={() => bySso.mutate()}>
            {words.sso(ways.sso)}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

function CodeForm({
  ticket,
  onEnter,
  onBack,
}: {
  readonly ticket: string;
  readonly onEnter: () => Promise<void>;
  readonly onBack: () => void;
}) {
  const [code, setCode] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => call(contract.signInByCode, { body: { ticket, code: code.replace(/\s/g, '') } }),
    onSuccess: onEnter,
    onError: () => setCode(''),
  });
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (code !== '' && !isPending) mutate();
      }}
    >
      <TypedField label={words.code} hint={words.codeHint} error={undefined} value={code} fill="one-time-code" focused onChange={setCode} />
      <RefusalLine error={error} />
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" type="submit" pending={isPending}>
          {words.goOn}
        </Button>
        <Button onPress={onBack}>{words.otherWay}</Button>
      </div>
    </form>
  );
}

/** What was refused. Too many attempts are counted down: when it says that one may, one may. */
function RefusalLine({ error }: { readonly error: Error | null }) {
  const seconds = error instanceof Fault && error.code === 'rate-limited' ? Number(error.extra['retryAfterSeconds']) : 0;
  const [until, setUntil] = useState({ error, at: 0 });
  if (until.error !== error) setUntil({ error, at: Date.now() + seconds * 1000 });
  if (!(seconds > 0)) return <AlertLine words={error instanceof NoPasskey ? error.message : alertOf(error)} />;
  return (
    <p role="alert" className="text-failed">
      <Ticking words={(now) => words.limitedFor(Math.ceil((until.at - now) / 1000))} />
    </p>
  );
}
