// Back from the identity provider: what stands behind the ? goes to the manager once, which says who that is.

import { contract } from '@mainstay/wire/contract';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { detailOf } from '../parts/act.ts';
import { Outside } from '../parts/outside.tsx';
import { takeWanted } from '../parts/wanted.ts';
import { paths, patterns, readWanted } from '../paths.ts';
import { queryClient } from '../queries.ts';
import { AlertLine } from '../ui/alert-line.tsx';
import { buttonClass } from '../ui/button.tsx';
import { notify } from '../ui/toast.tsx';

const words = people.signIn;

export function SsoPage() {
  const navigate = useNavigate();
  const { history } = useRouter();
  // A query, though it uses something up: it is asked once, however often React draws it.
  const { data, error } = useQuery({
    queryKey: ['sso', location.search],
    queryFn: () => call(contract.finishSso, { body: { query: location.search.slice(1) } }),
    retry: false,
    gcTime: 0,
  });
  useEffect(() => {
    if (!data) return;
    queryClient.clear();
    const to = readWanted({ to: takeWanted() }).to;
    if (to === patterns.account) notify({ tone: 'news', title: people.factors.tied });
    if (to === undefined) void navigate({ ...paths.servers(), replace: true });
    else history.replace(to);
  }, [data, navigate, history]);
  return (
    <Outside title={words.title}>
      {error ? (
        <>
          <AlertLine words={detailOf(error)} />
          <div>
            <Link {...paths.signIn()} className={buttonClass()}>
              {words.again}
            </Link>
          </div>
        </>
      ) : (
        <p role="status" className="text-ink-faint">
          {words.comingBack}
        </p>
      )}
    </Outside>
  );
}
