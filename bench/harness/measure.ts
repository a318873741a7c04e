// What a measure is: a name, a title, and how it is taken. Each stands in a file of its own and clears away what it made.

import type { Findings } from './finding.ts';

/** What whoever asks for measures wants. */
export interface Wish {
  /** Whether what the goal counts in minutes is measured in minutes. */
  readonly long: boolean;
  /** Says how far it is. */
  readonly say: (line: string) => void;
}

export interface Measure {
  readonly name: string;
  readonly title: string;
  readonly take: (wish: Wish) => Promise<Findings>;
}
