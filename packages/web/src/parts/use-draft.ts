// A form's state: the draft, which of its fields were typed into (only those complain before the form is sent), and what
// the manager refused, until the draft changes again.

import { Fault } from '@mainstay/core/fault';
import { useEffect, useRef, useState } from 'react';
import { text } from '../messages.ts';
import { detailOf } from './act.ts';
import { type Checked, errorsNamed, type FieldErrors } from './field-errors.ts';

/** `T`: the request that it becomes; `D`: what is typed. */
export interface DraftForm<T, D> {
  readonly draft: D;
  /** What to show beside the field at this pointer. */
  readonly errorAt: (pointer: string) => string | undefined;
  /** Changes the draft; `at`: the field that was typed into. */
  readonly change: (change: Partial<D>, at?: string) => void;
  /** Begins anew from another draft. */
  readonly reset: (draft: D) => void;
  /** The request to send, when all is right; else shows everything that is not. */
  readonly submit: () => T | null;
  /** Takes a refusal: beside its fields, or as a message of the whole form. */
  readonly refuse: (error: unknown) => void;
  readonly message: string | null;
}

const nothing: FieldErrors = new Map();

/** A message comes when the typing rests: not at every letter, and never under a pointer that is just pressing a button. */
const restMs = 500;

/** @param errorsOf which fields a refusal is about; left out: those that it names */
export function useDraft<T, D>(
  initial: () => D,
  check: (draft: D) => Checked<T>,
  errorsOf: (fault: Fault, draft: D) => FieldErrors = errorsNamed,
): DraftForm<T, D> {
  const [draft, setDraft] = useState(initial);
  const typed = useRef(new Set<string>());
  const [complaining, setComplaining] = useState<ReadonlySet<string>>(new Set());
  const [submitted, setSubmitted] = useState(false);
  const [refused, setRefused] = useState(nothing);
  const [message, setMessage] = useState<string | null>(null);
  const checked = check(draft);

  useEffect(() => {
    const timer = setTimeout(() => setComplaining(new Set(typed.current)), restMs);
    return () => clearTimeout(timer);
    // Every change of the draft begins the rest anew.
  }, [draft]);

  const begin = (next: D) => {
    setDraft(next);
    setRefused(nothing);
    setMessage(null);
  };

  return {
    draft,
    message,
    errorAt: (pointer) => {
      const own = checked.kind === 'wrong' && (submitted || complaining.has(pointer)) ? checked.errors.get(pointer) : undefined;
      return own ?? refused.get(pointer);
    },
    change: (change, at) => {
      if (at !== undefined) typed.current.add(at);
      begin({ ...draft, ...change });
    },
    reset: (next) => {
      begin(next);
      typed.current.clear();
      setComplaining(new Set());
      setSubmitted(false);
    },
    submit: () => {
      if (checked.kind === 'right') return checked.body;
      setSubmitted(true);
      setMessage(text.form.correct);
      return null;
    },
    refuse: (error) => {
      const errors = error instanceof Fault ? errorsOf(error, draft) : nothing;
      setRefused(errors);
      setMessage(detailOf(error));
    },
  };
}
