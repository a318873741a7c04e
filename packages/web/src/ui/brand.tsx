// The mark and the name.

import { text } from '../messages.ts';

export function Brand() {
  return (
    <span className="flex items-center gap-2 font-[650] tracking-tight">
      <svg viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.7" aria-hidden="true" className="size-4.5">
        <path d="M9 2v14M9 4l6 9H9M9 6l-5 7h5" />
      </svg>
      <span className="max-[26rem]:sr-only">{text.product}</span>
    </span>
  );
}
