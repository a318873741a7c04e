// A view that takes a right as a whole: whoever lacks it is told so, and nothing is asked of the manager for them.

import type { Right, Target } from '@mainstay/core/access';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { sessionQuery } from '../queries.ts';
import { buttonClass } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';
import { refusalHere, useAccess } from './access.ts';

interface OnlyWithProps {
  readonly right: Right;
  readonly target?: Target | 'somewhere';
  readonly children: ReactNode;
}

export function OnlyWith({ right, target, children }: OnlyWithProps) {
  const { isPending } = useQuery(sessionQuery);
  useAccess();
  if (isPending) return null;
  const refusal = refusalHere(right, target);
  return refusal === null ? children : <NotCovered refusal={refusal} />;
}

export function NotCovered({ refusal, title = text.notCovered }: { readonly refusal: string; readonly title?: string }) {
  return (
    <Face shape="struck-ring" title={title}>
      <p>{refusal}</p>
    </Face>
  );
}

/** From a page that one comes to by the settings. */
export const BackToSettings = () => (
  <Link {...paths.settings()} className={buttonClass()}>
    {text.navigation.settings}
  </Link>
);
