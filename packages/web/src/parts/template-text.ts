// A template's text while it is typed or was dropped here: what it comes to, asked of the manager when the typing rests.

import { Fault } from '@mainstay/core/fault';
import type { ReadAnswer } from '@mainstay/wire/templates';
import { useQuery } from '@tanstack/react-query';
import { readTemplateQuery } from '../queries.ts';
import { useRested } from '../ui/rested.ts';
import { detailOf } from './act.ts';
import type { LineError } from './yaml-field.tsx';

const restMs = 400;

export interface ReadText {
  /** null: not read yet, or wrong. */
  readonly answer: ReadAnswer | null;
  readonly errors: readonly LineError[];
  /** What is wrong with the whole of it. */
  readonly message: string | null;
  readonly reading: boolean;
}

export function useTemplateText(typed: string): ReadText {
  const rested = useRested(typed, restMs);
  const wanted = rested.trim() !== '';
  const { data, error, isFetching } = useQuery({ ...readTemplateQuery(rested), enabled: wanted });
  const settled = wanted && rested === typed;
  const errors = settled ? errorsOf(error) : [];
  return {
    answer: settled && data ? data : null,
    errors,
    message: settled && error && errors.length === 0 ? detailOf(error) : null,
    reading: typed.trim() !== '' && (!settled || isFetching),
  };
}

function errorsOf(error: unknown): LineError[] {
  const errors = error instanceof Fault ? error.extra['errors'] : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((each: { line?: unknown; message?: unknown }) =>
    typeof each.line === 'number' ? [{ line: each.line, message: String(each.message) }] : [],
  );
}
