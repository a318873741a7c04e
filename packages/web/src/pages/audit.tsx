// The audit log: searched, read page by page, and had as a file.

import type { AuditEntry } from '@mainstay/wire/audit';
import { pathOf } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { people } from '../messages/people.ts';
import { NotThere } from '../parts/not-there.tsx';
import { TypedField } from '../parts/typed-field.tsx';
import { type AuditSearch, auditQuery, auditSearchQuery } from '../people-queries.ts';
import { ageText } from '../ui/age.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';
import { Field } from '../ui/field.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { Time } from '../ui/time.tsx';

const words = people.audit;

const outcomes = ['', 'done', 'refused', 'failed'] as const;

export function AuditPage() {
  const [search, setSearch] = useState<AuditSearch>({ who: '', target: '', outcome: '' });
  const change = (part: Partial<AuditSearch>) => setSearch((before) => ({ ...before, ...part }));
  const log = useInfiniteQuery({ ...auditQuery(search), placeholderData: keepPreviousData });
  const entries = log.data?.pages.flatMap(({ items }) => items);
  return (
    <>
      <PageHead title={words.title}>
        <FileLink format="csv" search={search} />
        <FileLink format="jsonl" search={search} />
      </PageHead>
      <p className="mb-3 text-ink-soft">{words.detail}</p>
      <search className="mb-3 grid max-w-2xl grid-cols-3 gap-3 max-md:grid-cols-1">
        <TypedField label={words.who} error={undefined} value={search.who} onChange={(who) => change({ who })} />
        <TypedField label={words.target} error={undefined} value={search.target} onChange={(target) => change({ target })} />
        <Field label={words.outcome}>
          {(attributes) => (
            <select
              {...attributes}
              value={search.outcome}
              onChange={({ target }) => change({ outcome: outcomes.find((known) => known === target.value) ?? '' })}
            >
              {outcomes.map((outcome) => (
                <option key={outcome} value={outcome}>
                  {outcome === '' ? words.any : words.outcomes[outcome]}
                </option>
              ))}
            </select>
          )}
        </Field>
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

function FileLink({ format, search }: { readonly format: 'csv' | 'jsonl'; readonly search: AuditSearch }) {
  const query = new URLSearchParams({ ...auditSearchQuery(search), format });
  return (
    <a className={buttonClass({ size: 'small' })} href={`${pathOf(contract.exportAudit, {})}?${query}`} download>
      {words[format]}
    </a>
  );
}

const inks = { done: 'text-ink-soft', refused: 'text-missing', failed: 'text-failed' } as const;
/** On a phone there is no room for it. */
const narrow = 'max-md:hidden';
const headClass = 'px-3 py-2 text-left text-small font-normal text-ink-faint';
const cellClass = 'px-3 py-2 align-top wrap-anywhere max-md:px-2';

function Entries({ entries }: { readonly entries: readonly AuditEntry[] }) {
  return (
    <div className="rounded-panel border border-line bg-panel">
      <table className="w-full">
        <thead>
          <tr>
            {[words.when, words.who, words.what, words.target, words.from, words.outcome].map((head) => (
              <th key={head} scope="col" className={`${headClass} ${head === words.from ? narrow : ''}`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line border-t border-line">
          {entries.map(({ id, at, who, action, target, address, outcome, code }) => (
            <tr key={id}>
              <td className={`${cellClass} text-ink-soft`}>
                <Time at={at} words={(then, now) => words.ago(ageText(now - then))} />
              </td>
              <td className={cellClass}>{who ?? words.nobody}</td>
              <td className={`${cellClass} font-mono text-[12.5px]`}>{action}</td>
              <td className={cellClass} title={target?.id ?? undefined}>
                {target === null ? '–' : (target.name ?? target.kind)}
              </td>
              <td className={`${cellClass} ${narrow} font-mono text-[12.5px]`}>{address ?? '–'}</td>
              <td className={`${cellClass} ${inks[outcome]}`}>
                {words.outcomes[outcome]}
                {code === null ? null : <span className="text-small text-ink-faint"> {code}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
