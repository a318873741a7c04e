// A moment in words that stay true as time passes; the exact moment is told on hover.

import { exactText } from './age.ts';
import { useTicking } from './clock.ts';

export interface TimeProps {
  /** ms UTC */
  readonly at: number;
  /** How it is said, at the present `now`. */
  readonly words: (at: number, now: number) => string;
  readonly className?: string;
}

export function Time({ at, words, className }: TimeProps) {
  const said = useTicking((now) => words(at, now));
  return (
    <time dateTime={new Date(at).toISOString()} title={exactText(at)} className={className}>
      {said}
    </time>
  );
}

/** Words without a moment of their own that still depend on the present. */
export function Ticking({ words }: { readonly words: (now: number) => string }) {
  return useTicking(words);
}
