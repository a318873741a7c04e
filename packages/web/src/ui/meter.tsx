// How full something is, as a thin bar beside its words.

export interface MeterProps {
  readonly label: string;
  /** What it says in words. */
  readonly words: string;
  /** 0 to 1 */
  readonly share: number;
  /** Where a person should look. */
  readonly alarming?: boolean;
}

export function Meter({ label, words, share, alarming = false }: MeterProps) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> cannot be drawn alike in every browser
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={words}
      className="mt-1 h-0.75 w-40 max-w-full overflow-hidden rounded-full bg-line"
    >
      <div className={`h-full ${alarming ? 'bg-missing' : 'bg-ink-faint'}`} style={{ width: `${percent}%` }} />
    </div>
  );
}
