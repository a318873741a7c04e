// Signing in with name and password; and what to do for who has neither.

import { contract } from '@mainstay/wire/contract';
import { useMutation } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { detailOf } from '../parts/act.ts';
import { Outside } from '../parts/outside.tsx';
import { paths } from '../paths.ts';
import { queryClient } from '../queries.ts';
import type { Trouble } from '../sign-in-by-link.ts';
import { Button } from '../ui/button.tsx';
import { Copy } from '../ui/copy.tsx';
import { Field } from '../ui/field.tsx';

const words = people.signIn;

const troubles = {
  used: { title: words.used, detail: words.usedDetail },
  limited: { title: words.limited, detail: words.limitedDetail },
  broken: { title: words.broken, detail: words.brokenDetail },
} as const satisfies Record<Trouble, { title: string; detail: string }>;

export function SignInPage() {
  const why = useLocation({ select: ({ state }) => state.signInTrouble });
  const trouble = why && troubles[why];
  return (
    <Outside title={trouble?.title ?? words.title}>
      {trouble ? <p className="text-ink-soft">{trouble.detail}</p> : null}
      <PasswordForm />
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

function PasswordForm() {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => call(contract.signInByPassword, { body: { name, password } }),
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ ...paths.servers(), replace: true });
    },
    onError: () => setPassword(''),
  });
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (name !== '' && password !== '' && !isPending) mutate();
      }}
    >
      <Field label={words.name}>
        {(attributes) => (
          <input
            {...attributes}
            value={name}
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      <Field label={words.password}>
        {(attributes) => (
          <input
            {...attributes}
            type="password"
            value={password}
            autoComplete="current-password"
            onChange={({ target }) => setPassword(target.value)}
          />
        )}
      </Field>
      {error ? (
        <p role="alert" className="text-failed">
          {detailOf(error)}
        </p>
      ) : null}
      <div>
        <Button kind="primary" type="submit" pending={isPending}>
          {words.submit}
        </Button>
      </div>
    </form>
  );
}
