// Choosing what to sign in with: the owner's first account, an invitation accepted, a password anew. The code of a link is used
// only with what was chosen, so that whoever merely opens it uses nothing up.

import { Fault } from '@mainstay/core/fault';
import { acceptInvitation, makeOwner, type OpenInvitation, resetPassword } from '@mainstay/wire/accounts';
import { contract } from '@mainstay/wire/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { detailOf } from '../parts/act.ts';
import { errorsNamed, errorsOfParsed } from '../parts/field-errors.ts';
import { Outside } from '../parts/outside.tsx';
import { TypedField } from '../parts/typed-field.tsx';
import { paths } from '../paths.ts';
import { signInWaysQuery } from '../people-queries.ts';
import { queryClient } from '../queries.ts';
import { codeIn } from '../sign-in-by-link.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { Button, buttonClass } from '../ui/button.tsx';

const words = people.choose;

interface Chosen {
  readonly code: string;
  readonly name: string;
  readonly password: string;
}

/** What each is for, and how it is asked for. */
const ways = {
  owner: {
    title: words.owner,
    detail: words.ownerDetail,
    check: ({ name, password }: Chosen) => makeOwner.safeParse({ name, password }),
    ask: ({ name, password }: Chosen) => call(contract.makeOwner, { body: { name, password } }),
  },
  invitation: {
    title: words.invitation,
    detail: words.invitationDetail,
    check: (chosen: Chosen) => acceptInvitation.safeParse(chosen),
    ask: (body: Chosen) => call(contract.acceptInvitation, { body }),
  },
  reset: {
    title: words.reset,
    detail: words.resetDetail,
    check: ({ code, password }: Chosen) => resetPassword.safeParse({ code, password }),
    ask: ({ code, password }: Chosen) => call(contract.resetPassword, { body: { code, password } }),
  },
} as const;

/** What a link is good for, in lines. @throws Fault when it is good for nothing any more */
async function readLink(way: keyof typeof ways, code: string): Promise<readonly string[]> {
  if (way === 'reset') {
    const { name } = await call(contract.readResetLink, { body: { code } });
    return [words.resetFor(name)];
  }
  const { invitedBy, offers } = await call(contract.readInvitation, { body: { code } });
  return [words.invitedBy(invitedBy, location.host), ...offers.map(offerWords)];
}

function offerWords({ role, on, name }: OpenInvitation['offers'][number]): string {
  const { roles, meanings, everything, host, server, goneHost, goneServer, said } = people.grants;
  const where = { everything, host: name === null ? goneHost : host(name), server: name === null ? goneServer : server(name) }[on];
  return words.offered(said(roles[role], where), meanings[role]);
}

export const WelcomePage = () => <Choose way="owner" />;
export const InvitationPage = () => <Choose way="invitation" />;
export const ResetPage = () => <Choose way="reset" />;

function Choose({ way }: { readonly way: keyof typeof ways }) {
  const { title, detail, check, ask } = ways[way];
  const navigate = useNavigate();
  const code = useLocation({ select: ({ hash }) => codeIn(hash) });
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const chosen = { code: code ?? '', name, password };
  const checked = check(chosen);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => ask(chosen),
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ ...paths.servers(), replace: true });
    },
    onError: async (error) => {
      // What was chosen holds; the sign-in has one more step.
      if (!(error instanceof Fault) || error.code !== 'second-factor') return;
      await navigate({ ...paths.signIn(), state: { secondStep: String(error.extra['ticket']) }, replace: true });
    },
  });
  const { data: beside } = useQuery(signInWaysQuery);
  const bySso = useMutation({
    mutationFn: () => call(contract.startSso, { body: { invitation: chosen.code } }),
    onSuccess: ({ url }) => location.assign(url),
  });
  const named = error instanceof Fault ? errorsNamed(error) : new Map<string, string>();
  const errors = tried ? new Map([...named, ...errorsOfParsed(checked)]) : named;
  // What is spent is said at once, and not to whoever has chosen already.
  const read = useQuery({
    queryKey: ['link', way, code],
    queryFn: () => readLink(way, code ?? ''),
    enabled: way !== 'owner' && code !== null && !isPending,
    retry: false,
    gcTime: 0,
  });
  const dead = code === null ? words.noCode : read.error instanceof Fault ? detailOf(read.error) : null;
  if (way !== 'owner' && dead !== null) {
    return (
      <Outside title={title}>
        <AlertLine words={dead} />
        <div>
          <Link {...paths.signIn()} className={buttonClass()}>
            {people.signIn.again}
          </Link>
        </div>
      </Outside>
    );
  }
  if (way !== 'owner' && read.isPending) return <Outside title={title}>{null}</Outside>;
  return (
    <Outside title={title}>
      {read.data?.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <p className="text-ink-soft">{detail}</p>
      <form
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (checked.success && !isPending) mutate();
        }}
      >
        {way === 'reset' ? null : (
          <TypedField
            label={words.name}
            hint={words.nameHint}
            focused
            error={errors.get('/name')}
            value={name}
            fill="username"
            onChange={setName}
          />
        )}
        <TypedField
          label={words.password}
          hint={errors.has('/password') ? undefined : words.passwordHint}
          error={errors.get('/password')}
          value={password}
          type="password"
          fill="new-password"
          onChange={setPassword}
        />
        <AlertLine words={error && named.size === 0 ? `${words.refused}: ${detailOf(error)}` : null} />
        <div className="flex flex-wrap gap-2">
          <Button kind="primary" type="submit" pending={isPending}>
            {way === 'reset' ? words.submitReset : words.submit}
          </Button>
          {way === 'invitation' && beside?.sso ? (
            <Button pending={bySso.isPending} onPress={() => bySso.mutate()}>
              {words.sso(beside.sso)}
            </Button>
          ) : null}
        </div>
      </form>
    </Outside>
  );
}
