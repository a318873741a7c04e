// The shapes that states are told by, drawn on one 14 × 14 field so that they sit alike beside a word. They take the
// ink of their surroundings, and say nothing to screen readers: the word beside them does.

import type { ReactNode } from 'react';

export type ShapeName = 'disc' | 'ring' | 'dashed-ring' | 'triangle' | 'arc' | 'struck-ring' | 'dotted-ring' | 'question';

const dotted = <circle cx="7" cy="7" r="5.2" strokeDasharray="1 2" />;

const drawings = {
  disc: <circle cx="7" cy="7" r="5" fill="currentColor" stroke="none" />,
  ring: <circle cx="7" cy="7" r="5" />,
  'dashed-ring': <circle cx="7" cy="7" r="5.2" strokeDasharray="2.2 2" />,
  triangle: <path d="M7 1.2 13.2 12.6H.8z" fill="currentColor" stroke="none" />,
  arc: (
    <>
      <circle cx="7" cy="7" r="5" opacity=".25" />
      <path d="M7 2a5 5 0 0 1 5 5" className="origin-center animate-turn" />
    </>
  ),
  'struck-ring': (
    <>
      <circle cx="7" cy="7" r="5" />
      <path d="M3.6 10.4 10.4 3.6" />
    </>
  ),
  'dotted-ring': dotted,
  question: (
    <>
      {dotted}
      <path d="M5.4 5.6a1.7 1.7 0 1 1 2.3 1.6c-.5.2-.7.5-.7 1.1" />
    </>
  ),
} as const satisfies Record<ShapeName, ReactNode>;

export function Shape({ name, className = '' }: { readonly name: ShapeName; readonly className?: string }) {
  return (
    <svg
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      aria-hidden="true"
      className={`size-3.5 flex-none ${className}`}
    >
      {drawings[name]}
    </svg>
  );
}
