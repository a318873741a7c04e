// Text that a click copies. It answers in its place, so that nothing else on the page moves.

import { useEffect, useState } from 'react';
import { text } from '../messages.ts';
import { useHint } from './hint.tsx';

/** The clipboard wants a secure context; on a plain http address of the local network the old way still works. */
async function toClipboard(copied: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(copied);
    return true;
  } catch {
    const holder = document.createElement('textarea');
    holder.value = copied;
    holder.style.position = 'fixed';
    holder.style.opacity = '0';
    document.body.append(holder);
    holder.select();
    const done = document.execCommand('copy');
    holder.remove();
    return done;
  }
}

export function Copy({
  copied,
  shown = copied,
  className = '',
}: {
  readonly copied: string;
  readonly shown?: string;
  readonly className?: string;
}) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), 1600);
    return () => clearTimeout(timer);
  }, [outcome]);
  const handlers = useHint(outcome === null ? text.copy.hint : text.copy[outcome]);
  return (
    <button
      type="button"
      aria-label={text.copy.label(shown)}
      className={`relative max-w-full truncate rounded-tag py-0.5 font-mono text-[12.5px] decoration-dotted underline-offset-3 hover:underline pointer-coarse:min-h-11 ${className}`}
      {...handlers}
      onClick={async () => setOutcome((await toClipboard(copied)) ? 'copied' : 'failed')}
    >
      {shown}
      <span role="status" className="sr-only">
        {outcome === null ? '' : text.copy[outcome]}
      </span>
    </button>
  );
}
