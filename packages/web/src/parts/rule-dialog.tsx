// Adding a rule, and changing one: what is told, of which servers, to which channels, and when not.

import { alarmTopics, type ChosenTopic, newsTopics } from '@mainstay/core/topics';
import { contract } from '@mainstay/wire/contract';
import type { Rule } from '@mainstay/wire/notifications';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '../api.ts';
import { notificationText } from '../messages/notifications.ts';
import { askForNotifications } from '../notification-queries.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { CheckBox } from './check-box.tsx';
import { DialogForm } from './dialog-form.tsx';
import { pointer } from './field-errors.ts';
import { checkRule, newRuleDraft, type RuleBody, type RuleDraft, ruleDraftOf, toggled } from './rule-draft.ts';
import type { Named } from './rule-words.ts';
import { TypedField } from './typed-field.tsx';
import { type DraftForm, useDraft } from './use-draft.ts';

const words = notificationText;

type Form = Pick<DraftForm<unknown, RuleDraft>, 'draft' | 'errorAt' | 'change'>;

interface RuleDialogProps {
  /** null: a new one. */
  readonly rule: Rule | null;
  readonly named: Named;
  readonly onClose: () => void;
}

export function RuleDialog({ rule, named, onClose }: RuleDialogProps) {
  const form = useDraft(() => (rule === null ? newRuleDraft(named.channels) : ruleDraftOf(rule)), checkRule);
  const { draft, change, errorAt } = form;
  const { mutate, isPending } = useMutation({
    mutationFn: (body: RuleBody) =>
      rule === null ? call(contract.createRule, { body }) : call(contract.configureRule, { params: { ruleId: rule.id }, body }),
    onSuccess: () => {
      void askForNotifications();
      onClose();
    },
    onError: form.refuse,
  });
  return (
    <Dialog title={rule === null ? words.newRule : words.editRule(rule.name)} onClose={onClose}>
      <DialogForm
        submit={rule === null ? words.add : words.save}
        refusal={null}
        pending={isPending}
        alert={form.message}
        onSubmit={() => {
          const body = form.submit();
          if (body !== null) mutate(body);
        }}
        onClose={onClose}
      >
        <TypedField
          label={words.name}
          error={errorAt(pointer('name'))}
          value={draft.name}
          onChange={(name) => change({ name }, pointer('name'))}
        />
        <Group title={words.what} error={errorAt(pointer('topics'))}>
          <p className="text-small text-ink-faint">{words.alarmTopics}</p>
          <Topics form={form} topics={alarmTopics} />
          <p className="mt-2 text-small text-ink-faint">{words.newsTopics}</p>
          <Topics form={form} topics={newsTopics} />
        </Group>
        <ScopeFields form={form} named={named} />
        <Group title={words.whereTo} error={errorAt(pointer('channelIds')) ?? errorAt(pointer('channelIds', 0))}>
          <Choices
            known={named.channels}
            chosen={draft.channelIds}
            onChange={(channelIds) => change({ channelIds }, pointer('channelIds'))}
          />
        </Group>
        <QuietFields form={form} />
        <TypedField
          label={words.fold}
          hint={words.foldHint}
          error={errorAt(pointer('foldMinutes'))}
          value={draft.foldMinutes}
          numeric
          onChange={(foldMinutes) => change({ foldMinutes }, pointer('foldMinutes'))}
        />
      </DialogForm>
    </Dialog>
  );
}

function Group({ title, error, children }: { readonly title: string; readonly error?: string | undefined; readonly children: ReactNode }) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="mb-1 text-aside font-[550]">{title}</legend>
      {children}
      {error ? <p className="text-small text-failed">{error}</p> : null}
    </fieldset>
  );
}

function Topics({ form: { draft, change }, topics }: { readonly form: Form; readonly topics: readonly ChosenTopic[] }) {
  return topics.map((topic) => (
    <CheckBox
      key={topic}
      label={words.topics[topic]}
      checked={draft.topics.includes(topic)}
      onChange={(isIn) => change({ topics: toggled(draft.topics, topic, isIn) }, pointer('topics'))}
    />
  ));
}

const scopes = ['all', 'hosts', 'servers'] as const;

function ScopeFields({ form: { draft, change, errorAt }, named }: { readonly form: Form; readonly named: Named }) {
  const { scope, agentIds, serverIds } = draft;
  const error = errorAt(pointer('scope', scope === 'hosts' ? 'agentIds' : 'serverIds'));
  return (
    <Group title={words.which} error={scope === 'all' ? undefined : error}>
      <select
        aria-label={words.which}
        value={scope}
        onChange={({ target }) => change({ scope: scopes.find((each) => each === target.value) ?? scope })}
        className="min-h-8 w-full rounded-control border border-edge bg-panel px-2.5 py-1.25 pointer-coarse:min-h-11"
      >
        {scopes.map((each) => (
          <option key={each} value={each}>
            {words.scopes[each]}
          </option>
        ))}
      </select>
      <div className="flex max-h-48 flex-col gap-1 overflow-auto">
        {scope === 'hosts' ? (
          <Choices known={named.agents} chosen={agentIds} onChange={(next) => change({ agentIds: next }, pointer('scope', 'agentIds'))} />
        ) : scope === 'servers' ? (
          <Choices
            known={named.servers.filter(({ id, state }) => state !== 'deleted' || serverIds.includes(id))}
            chosen={serverIds}
            onChange={(next) => change({ serverIds: next }, pointer('scope', 'serverIds'))}
          />
        ) : null}
      </div>
    </Group>
  );
}

interface ChoicesProps<Id extends string> {
  readonly known: readonly { readonly id: Id; readonly name: string }[];
  readonly chosen: readonly Id[];
  readonly onChange: (chosen: readonly Id[]) => void;
}

/** A box for each that there is, and for each that is chosen and gone, so that it can be let go. */
function Choices<Id extends string>({ known, chosen, onChange }: ChoicesProps<Id>) {
  const gone = chosen.filter((id) => !known.some((each) => each.id === id)).map((id) => ({ id, name: words.gone }));
  return [...known, ...gone].map(({ id, name }) => (
    <CheckBox key={id} label={name} checked={chosen.includes(id)} onChange={(isIn) => onChange(toggled(chosen, id, isIn))} />
  ));
}

function QuietFields({ form: { draft, change, errorAt } }: { readonly form: Form }) {
  const time = (field: 'from' | 'to', label: string) => (
    <Field label={label} error={errorAt(pointer('quiet', field))}>
      {(attributes) => (
        <input
          {...attributes}
          type="time"
          value={draft[field]}
          onChange={({ target }) => change({ [field]: target.value }, pointer('quiet', field))}
        />
      )}
    </Field>
  );
  return (
    <Group title={words.quiet}>
      <CheckBox label={words.isQuiet} hint={words.quietHint} checked={draft.isQuiet} onChange={(isQuiet) => change({ isQuiet })} />
      {draft.isQuiet ? (
        <div className="mt-2 flex flex-col gap-3">
          <div className="grid grid-cols-2 gap-3">
            {time('from', words.quietFrom)}
            {time('to', words.quietTo)}
          </div>
          <TypedField
            label={words.timeZone}
            hint={words.timeZoneHint}
            error={errorAt(pointer('quiet', 'timeZone'))}
            value={draft.timeZone}
            onChange={(timeZone) => change({ timeZone }, pointer('quiet', 'timeZone'))}
          />
          <CheckBox label={words.alarmsToo} checked={draft.alarmsToo} onChange={(alarmsToo) => change({ alarmsToo })} />
        </div>
      ) : null}
    </Group>
  );
}
