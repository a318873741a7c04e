// A text of many lines with its numbers, and what is wrong with it beside the very line.

import { useId, useRef, useState } from 'react';
import { templateText } from '../messages/templates.ts';

export interface LineError {
  readonly line: number;
  readonly message: string;
}

interface YamlFieldProps {
  readonly label: string;
  readonly value: string;
  readonly errors: readonly LineError[];
  readonly onChange: (value: string) => void;
}

/** The lines are as high as they are drawn, so that numbers and errors stand beside them. */
const lineHeightPx = 18;
const shownLines = 28;
const padPx = 8;

export function YamlField({ label, value, errors, onChange }: YamlFieldProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const [scrolled, setScrolled] = useState(0);
  const lines = value.split('\n').length;
  const first = Math.max(1, Math.floor(scrolled / lineHeightPx));
  const inSight = Array.from({ length: Math.min(shownLines + 2, lines - first + 1) }, (_, at) => first + at);
  const wrong = new Map(errors.toReversed().map(({ line, message }) => [line, message]));
  const top = (line: number) => (line - 1) * lineHeightPx - scrolled + padPx;
  const jump = (line: number) => {
    const start =
      value
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    area.current?.focus();
    area.current?.setSelectionRange(start, start);
    area.current?.scrollTo({ top: (line - 4) * lineHeightPx });
  };
  return (
    <div className="flex flex-col gap-2">
      <label htmlFor={id} className="text-aside font-[550]">
        {label}
      </label>
      <div className="relative flex overflow-hidden rounded-control border border-edge bg-panel font-mono text-[12.5px]">
        <div aria-hidden="true" className="relative w-11 flex-none border-r border-line bg-page text-right text-ink-faint">
          {inSight.map((line) => (
            <span
              key={line}
              className={`absolute right-2 ${wrong.has(line) ? 'font-[600] text-failed' : ''}`}
              style={{ top: top(line), lineHeight: `${lineHeightPx}px` }}
            >
              {line}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          id={id}
          value={value}
          rows={shownLines}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          aria-invalid={errors.length > 0 || undefined}
          aria-describedby={errors.length > 0 ? `${id}-errors` : undefined}
          onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollTop)}
          onChange={({ target }) => onChange(target.value)}
          className="min-w-0 flex-1 resize-none bg-transparent px-2.5 whitespace-pre text-ink"
          style={{ lineHeight: `${lineHeightPx}px`, paddingBlock: padPx }}
        />
        <div aria-hidden="true" className="pointer-events-none absolute inset-y-0 right-4 w-[45%]">
          {inSight.map((line) =>
            wrong.has(line) ? (
              <span
                key={line}
                className="absolute right-0 max-w-full truncate rounded-tag bg-failed-panel px-1.5 font-sans text-failed"
                style={{ top: top(line), lineHeight: `${lineHeightPx}px` }}
              >
                {wrong.get(line)}
              </span>
            ) : null,
          )}
        </div>
      </div>
      {errors.length > 0 ? (
        <ul id={`${id}-errors`} className="flex flex-col gap-0.5 text-small text-failed">
          {errors.map(({ line, message }) => (
            <li key={`${line} ${message}`}>
              <button type="button" onClick={() => jump(line)} className="text-left underline-offset-3 hover:underline">
                {templateText.atLine(line, message)}
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
