// What a view shows when it has nothing to show: empty, loading, refused, broken. Always what it is, and the next thing
// to do.

import type { ReactNode } from 'react';
import { Shape, type ShapeName } from './shape.tsx';

export interface FaceProps {
  readonly shape?: ShapeName;
  readonly title: string;
  /** 1: the face is all there is of the page. */
  readonly level?: 1 | 2;
  readonly children?: ReactNode;
  /** The next thing to do. */
  readonly next?: ReactNode;
}

export function Face({ shape = 'ring', title, level = 2, children, next }: FaceProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <section className="flex flex-col items-center gap-2 rounded-panel border border-line bg-panel px-6 py-14 text-center">
      <Shape name={shape} className="size-6! stroke-[1.2] text-ink-faint" />
      <Heading tabIndex={level === 1 ? -1 : undefined} className="mt-1 font-[650]">
        {title}
      </Heading>
      {children ? <div className="flex max-w-[34rem] flex-col gap-2 text-ink-soft wrap-anywhere">{children}</div> : null}
      {next ? <div className="mt-3 flex flex-wrap justify-center gap-2">{next}</div> : null}
    </section>
  );
}
