// An open operation in the place where its server is shown: what it does, how far it is.

import type { Operation } from '@mainstay/wire/operations';
import { text } from '../messages.ts';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { operationText, shareOf } from './operation-words.ts';

export interface OperationLineProps {
  readonly operation: Operation;
  /** What is done, as its first words; left out: what the operation is called; null: none. */
  readonly doing?: string | null;
}

export function OperationLine({ operation, doing = text.operations.doing[operation.kind] }: OperationLineProps) {
  const waits = operation.state === 'waiting';
  return (
    <div className="flex flex-col gap-1">
      <span className={waits ? 'text-unheard' : 'text-busy'}>{operationText(operation, doing)}</span>
      {operation.progress && !waits ? (
        <ProgressBar label={text.operations.progress(text.operations.doing[operation.kind])} share={shareOf(operation.progress)} />
      ) : null}
    </div>
  );
}
