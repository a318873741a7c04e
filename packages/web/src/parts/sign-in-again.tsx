// Where something takes a sign-in that is not long ago: the way to one, and back to one's account.

import { Fault } from '@mainstay/core/fault';
import { contract } from '@mainstay/wire/contract';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { paths, patterns } from '../paths.ts';
import { queryClient, stream } from '../queries.ts';
import { Button } from '../ui/button.tsx';

export function SignInAgain({ error }: { readonly error: Error | null }) {
  const navigate = useNavigate();
  const { mutate, isPending } = useMutation({
    mutationFn: () => call(contract.signOut, {}),
    onSettled: async () => {
      stream.close();
      queryClient.clear();
      await navigate(paths.signIn({ to: patterns.account }));
    },
  });
  if (!(error instanceof Fault) || error.code !== 'sign-in-again') return null;
  return (
    <div>
      <Button size="small" pending={isPending} onPress={() => mutate()}>
        {people.signIn.signInAgain}
      </Button>
    </div>
  );
}
