// The audit log: searched, read page by page, and had as a file.

import { type FaultCode, faultCodes } from '@mainstay/core/fault';
import type { AuditEntry } from '@mainstay/wire/audit';
import { pathOf } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { auditText } from '../messages/audit.ts';
import { people } from '../messages/people.ts';
import { text } from '../messages.ts';
import { NotThere } from '../parts/not-there.tsx';
import { BackToSettings, OnlyWith } from '../parts/only-with.tsx';
import { TypedField } from '../parts/typed-field.tsx';
import { type AuditSearch, paths, patterns, readAuditSearch } from '../paths.ts';
import { auditQuery, auditSearchQuery } from '../people-queries.ts';
import { ageText } from '../ui/age.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';
import { Field } from '../ui/field.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { Time } from '../ui/time.tsx';

const words = people.audit;

export function AuditPage() {
  return (
    <OnlyWith right="audit">
      <Log />
    </OnlyWith>
  );
}

function Log() {
  const search = useSearch({ from: `/shell${patterns.audit}` });
  const navigate = useNavigate();
  const change = (part: AuditSearch) => void navigate({ ...paths.audit(readAuditSearch({ ...search, ...part })), replace: true });
  const log = useInfiniteQuery({ ...auditQuery(search), placeholderData: keepPreviousData });
  const entries = log.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <PageHead title={words.title}>
        <BackToSettings />
        <FileLink format="csv" search={search} />
        <FileLink format="jsonl" search={search} />
      </PageHead>
      <p className="mb-3 text-ink-soft">{words.detail}</p>
      <search className="mb-3 grid max-w-4xl grid-cols-3 gap-3 max-md:grid-cols-2">
        <TypedField label={words.who} error={undefined} value={search.who ?? ''} onChange={(who) => change({ who })} />
        <Chosen
          label={auditText.action}
          any={auditText.anything}
          value={search.action}
          of={byWords}
          onChange={(action) => change({ action })}
        />
        <TypedField label={words.target} error={undefined} value={search.target ?? ''} onChange={(target) => change({ target })} />
        <Chosen
          label={words.outcome}
          any={words.any}
          value={search.outcome}
          of={outcomeWords}
          onChange={(outcome) => change({ outcome })}
        />
        <TypedField label={auditText.after} error={undefined} type="date" value={search.from ?? ''} onChange={(from) => change({ from })} />
        <TypedField label={auditText.before} error={undefined} type="date" value={search.to ?? ''} onChange={(to) => change({ to })} />
      </search>
      {entries ? (
        <>
          {entries.length === 0 ? <Face title={words.none} /> : <Entries entries={entries} />}
          {log.hasNextPage ? (
            <div className="mt-3">
              <Button pending={log.isFetchingNextPage} onPress={() => void log.fetchNextPage()}>
                {words.more}
              </Button>
            </div>
          ) : null}
        </>
      ) : (
        <NotThere loading={words.loading} broken={words.broken} asked={[log]} />
      )}
    </>
  );
}

type Worded = readonly (readonly [string, string])[];

const outcomeWords: Worded = Object.entries(words.outcomes);
const actions: Readonly<Record<string, string>> = auditText.actions;
const byWords: Worded = Object.entries(actions).toSorted(([, a], [, b]) => a.localeCompare(b));

interface ChosenProps {
  readonly label: string;
  /** What is said of none. */
  readonly any: string;
  readonly value: string | undefined;
  readonly of: Worded;
  readonly onChange: (value: string) => void;
}

function Chosen({ label, any, value = '', of, onChange }: ChosenProps) {
  return (
    <Field label={label}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={({ target }) => onChange(target.value)}>
          <option value="">{any}</option>
          {of.map(([key, said]) => (
            <option key={key} value={key}>
              {said}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function FileLink({ format, search }: { readonly format: 'csv' | 'jsonl'; readonly search: AuditSearch }) {
  const wanted = Object.entries({ ...auditSearchQuery(search), format });
  const query = new URLSearchParams(wanted.map(([key, value]) => [key, String(value)]));
  return (
    <a className={buttonClass({ size: 'small' })} href={`${pathOf(contract.exportAudit, {})}?${query}`} download>
      {words[format]}
    </a>
  );
}

const inks = { done: 'text-ink-soft', refused: 'text-missing', failed: 'text-failed' } as const;
/** On a phone a row is a card: what happened, then who, on what and from where, a line each with its head. */
const row = 'max-md:grid max-md:grid-cols-[5.5rem_minmax(0,1fr)] max-md:gap-x-3 max-md:py-2';
const head = 'px-3 py-2 text-left text-small font-normal text-ink-faint';
const cell =
  'px-3 py-2 align-top wrap-anywhere max-md:col-span-2 max-md:grid max-md:grid-cols-subgrid max-md:py-0.5 max-md:before:text-aside max-md:before:text-ink-faint max-md:before:content-[attr(data-head)]';

function Entries({ entries }: { readonly entries: readonly AuditEntry[] }) {
  return (
    <div className="rounded-panel border border-line bg-panel">
      <table className="w-full max-md:block">
        <thead className="max-md:hidden">
          <tr>
            {[words.when, words.who, words.what, words.target, words.from, words.outcome].map((each) => (
              <th key={each} scope="col" className={head}>
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line border-t border-line max-md:block max-md:border-t-0">
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Entry({ entry: { at, who, action, target, address, outcome, code } }: { readonly entry: AuditEntry }) {
  return (
    <tr className={row}>
      <td className={`${cell} text-ink-soft`} data-head={words.when}>
        <span>
          <Time at={at} words={(then, now) => words.ago(ageText(now - then))} />
        </span>
      </td>
      <td className={cell} data-head={words.who}>
        <span>{who ?? words.nobody}</span>
      </td>
      <td className={cell} data-head={words.what} title={action}>
        <span>{actions[action] ?? auditText.looked(action)}</span>
      </td>
      <td className={cell} data-head={words.target} title={target?.id ?? undefined}>
        <span>{target === null ? text.none : (target.name ?? target.kind)}</span>
      </td>
      <td className={`${cell} font-mono text-[12.5px]`} data-head={words.from}>
        <span>{address ?? text.none}</span>
      </td>
      <td className={`${cell} ${inks[outcome]}`} data-head={words.outcome}>
        <span>
          {words.outcomes[outcome]}
          {code === null ? null : <span className="block text-small text-ink-faint">{codeWords(code)}</span>}
        </span>
      </td>
    </tr>
  );
}

/** Why, in words; a code that this page does not know stays as it is. */
const codeWords = (code: string): string => (isFaultCode(code) ? text.faultTitle(code) : code);
const isFaultCode = (code: string): code is FaultCode => faultCodes.some((known) => known === code);
