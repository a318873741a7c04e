// How far something is, as a thin bar; without a known end it only says that it moves.

export interface ProgressBarProps {
  readonly label: string;
  /** 0 to 1; null: nobody knows. */
  readonly share: number | null;
}

export function ProgressBar({ label, share }: ProgressBarProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      className="h-0.75 w-30 max-w-full overflow-hidden rounded-full bg-line"
    >
      <div
        className={`h-full bg-busy ${share === null ? 'w-1/3 animate-pulse' : 'transition-[width]'}`}
        style={share === null ? undefined : { width: `${share * 100}%` }}
      />
    </div>
  );
}
