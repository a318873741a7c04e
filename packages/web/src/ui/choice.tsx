// One of a few ways, each with its name and what it means; one of those with the same `group` is chosen.

interface ChoiceProps {
  readonly group: string;
  readonly label: string;
  readonly detail: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChoose: () => void;
}

export function Choice({ group, label, detail, checked, disabled = false, onChoose }: ChoiceProps) {
  return (
    <label className="flex cursor-pointer gap-3 rounded-control border border-line px-3 py-2 has-checked:border-ink has-disabled:cursor-default">
      <input
        type="radio"
        name={group}
        checked={checked}
        disabled={disabled}
        onChange={onChoose}
        className="mt-0.5 size-4 flex-none accent-accent"
      />
      <span className="flex flex-col">
        <span className="font-[550]">{label}</span>
        <span className="text-aside text-ink-soft">{detail}</span>
      </span>
    </label>
  );
}
