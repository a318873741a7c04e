// What holds for the whole installation.

import { contract } from '@mainstay/wire/contract';
import { changeSettings, type Settings } from '@mainstay/wire/settings';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api.ts';
import { people } from '../messages/people.ts';
import { text } from '../messages.ts';
import { refusalHere, useAccess } from '../parts/access.ts';
import { detailOf } from '../parts/act.ts';
import { messageOf, numberIn } from '../parts/field-errors.ts';
import { NotThere } from '../parts/not-there.tsx';
import { paths } from '../paths.ts';
import { queryClient, settingsQuery } from '../queries.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { PageHead } from '../ui/page-head.tsx';
import { Panel } from '../ui/panel.tsx';
import { notify } from '../ui/toast.tsx';

const words = people.installation;

export function SettingsPage() {
  const asked = useQuery(settingsQuery);
  const { data } = asked;
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <PageHead title={words.title}>
        <Link {...paths.people()} className={buttonClass()}>
          {people.people.title}
        </Link>
        <Link {...paths.audit()} className={buttonClass()}>
          {people.audit.link}
        </Link>
      </PageHead>
      {data ? (
        // Begun anew when somebody else changes them: what is shown is what holds.
        <SettingsForm key={JSON.stringify(data)} settings={data} />
      ) : (
        <NotThere loading={words.loading} broken={words.broken} asked={[asked]} />
      )}
    </div>
  );
}

const typed = (value: number | null) => (value === null ? '' : String(value));

function SettingsForm({ settings }: { readonly settings: Settings }) {
  const [hours, setHours] = useState(typed(settings.retentionHours));
  const [days, setDays] = useState(typed(settings.trashDays));
  const [finalArchive, setFinalArchive] = useState(settings.finalArchive);
  const wanted = { retentionHours: numberIn(hours) ?? null, trashDays: numberIn(days) ?? null, finalArchive };
  const checked = changeSettings.safeParse(wanted);
  const errorAt = (field: keyof Settings) => {
    const issue = checked.success ? undefined : checked.error.issues.find(({ path }) => path[0] === field);
    return issue && messageOf(issue);
  };
  const { mutate, isPending } = useMutation({
    mutationFn: (body: Partial<Settings>) => call(contract.changeSettings, { body }),
    onSuccess: (saved) => {
      queryClient.setQueryData(settingsQuery.queryKey, saved);
      notify({ tone: 'news', title: words.saved });
    },
    onError: (error) => notify({ tone: 'refusal', title: words.title, detail: detailOf(error) }),
  });
  useAccess();
  const forbidden = refusalHere('settings');
  const unchanged = checked.success && JSON.stringify({ ...settings, ...checked.data }) === JSON.stringify(settings);
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (forbidden === null && checked.success && !unchanged) mutate(checked.data as Partial<Settings>);
      }}
    >
      {forbidden === null ? null : <p className="text-ink-soft">{forbidden}</p>}
      <fieldset disabled={forbidden !== null} className="contents">
        <Panel title={words.retention}>
          <div className="flex flex-col gap-4">
            <p className="text-ink-soft">{words.retentionDetail}</p>
            <Field label={words.hours} hint={words.hoursHint} error={errorAt('retentionHours')}>
              {(attributes) => (
                <input {...attributes} inputMode="decimal" value={hours} onChange={({ target }) => setHours(target.value)} />
              )}
            </Field>
            <label className="flex items-center gap-2 pointer-coarse:min-h-11">
              <input
                type="checkbox"
                checked={finalArchive}
                onChange={({ target }) => setFinalArchive(target.checked)}
                className="size-4 accent-accent"
              />
              {words.archive}
            </label>
          </div>
        </Panel>
        <Panel title={words.trash}>
          <div className="flex flex-col gap-4">
            <p className="text-ink-soft">{words.trashDetail}</p>
            <Field label={words.days} hint={words.daysHint} error={errorAt('trashDays')}>
              {(attributes) => <input {...attributes} inputMode="numeric" value={days} onChange={({ target }) => setDays(target.value)} />}
            </Field>
          </div>
        </Panel>
      </fieldset>
      <div>
        <Button
          kind="primary"
          type="submit"
          pending={isPending}
          refusal={forbidden ?? (checked.success ? (unchanged ? text.settings.none : null) : text.form.correct)}
        >
          {words.save}
        </Button>
      </div>
    </form>
  );
}
