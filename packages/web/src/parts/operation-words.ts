// An open operation in words: what it does, how far it is, what it waits for.

import type { Operation, Progress } from '@mainstay/wire/operations';
import { text } from '../messages.ts';
import { bytesOfText, bytesText } from '../ui/bytes.ts';

/** The step as people say it; one that this page does not know, as the manager names it. */
export function stepText(step: string): string {
  const known: Readonly<Record<string, string>> = text.operations.steps;
  return known[step] ?? step.replaceAll('-', ' ');
}

export const filesText = (files: number): string => text.operations.files(new Intl.NumberFormat(text.locale).format(files), files);

export function progressText({ done, total, unit, files }: Progress): string {
  const amount = amountText({ done, total, unit });
  return files === undefined || files === 0 ? amount : [amount, filesText(files)].join(text.separator);
}

function amountText({ done, total, unit }: Progress): string {
  switch (unit) {
    case 'bytes':
      return total === null ? bytesText(done) : bytesOfText(done, total, text.units.of);
    case 'seconds':
      return total === null ? text.operations.seconds(done.toFixed(0)) : text.operations.secondsOf(done.toFixed(0), total.toFixed(0));
    case 'steps':
      return total === null ? '' : text.operations.stepOf(String(done), String(total));
  }
}

/** How far it is, 0 to 1; null: not known. */
export function shareOf(progress: Progress | null): number | null {
  if (progress === null || progress.total === null || progress.total === 0) return null;
  return Math.min(1, progress.done / progress.total);
}

/** The operation in a line: `Starting · pulling the image · 212 of 388 MB`; `doing`: its first words, null: without. */
export function operationText(operation: Operation, doing: string | null = text.operations.doing[operation.kind]): string {
  const { state, step, progress, waitingFor } = operation;
  const parts =
    state === 'waiting'
      ? [waitingFor === null ? text.operations.states.waiting : text.operations.waitingFor(waitingFor)]
      : state === 'queued'
        ? [text.operations.states.queued]
        : [step === null ? '' : stepText(step), progress === null ? '' : progressText(progress), progress?.said ?? ''];
  return [doing ?? '', ...parts].filter((part) => part !== '').join(text.separator);
}
