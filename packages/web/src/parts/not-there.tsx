// What could not be loaded, in its place: why, and a way to ask again. And what is said until it is there.

import type { UseQueryResult } from '@tanstack/react-query';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';
import { detailOf } from './act.ts';

type Asked = Pick<UseQueryResult, 'error' | 'isFetching' | 'refetch'>;

export function BrokenFace({ title, asked }: { readonly title: string; readonly asked: readonly Asked[] }) {
  const error = asked.find((each) => each.error !== null)?.error;
  return (
    <Face
      shape="question"
      title={title}
      next={
        <Button pending={asked.some(({ isFetching }) => isFetching)} onPress={() => asked.map(({ refetch }) => refetch())}>
          {text.retry}
        </Button>
      }
    >
      <p>{detailOf(error)}</p>
    </Face>
  );
}

interface NotThereProps {
  readonly loading: string;
  readonly broken: string;
  /** What was asked for, and is not all there. */
  readonly asked: readonly Asked[];
}

/** In the place of what was asked for. */
export function NotThere({ loading, broken, asked }: NotThereProps) {
  if (asked.some(({ error }) => error !== null)) return <BrokenFace title={broken} asked={asked} />;
  return (
    <p role="status" className="text-ink-faint">
      {loading}
    </p>
  );
}
