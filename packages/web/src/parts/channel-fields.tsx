// The fields of a channel, those of its kind. What is secret is typed unseen, except the signing secret of a new one,
// which has to be copied to its receiver.

import { type Channel, type ChannelKind, mailSecurities, secretFields } from '@mainstay/wire/notifications';
import type { ReactNode } from 'react';
import { notificationText } from '../messages/notifications.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { type ChannelDraft, type ChannelField, fieldsOf, newSigningSecret } from './channel-draft.ts';
import { CheckBox } from './check-box.tsx';
import { pointer } from './field-errors.ts';
import { TypedField } from './typed-field.tsx';
import type { DraftForm } from './use-draft.ts';

export type ChannelForm = Pick<DraftForm<unknown, ChannelDraft>, 'draft' | 'errorAt' | 'change'>;

interface ChannelFieldsProps {
  readonly form: ChannelForm;
  /** The channel that is changed; null: a new one. */
  readonly channel: Channel | null;
}

const words = notificationText;

export function ChannelFields({ form, channel }: ChannelFieldsProps) {
  return fieldsOf[form.draft.kind].map((field) => <OneField key={field} form={form} channel={channel} field={field} />);
}

function OneField({ form, channel, field }: ChannelFieldsProps & { readonly field: ChannelField }) {
  const { draft, errorAt, change } = form;
  const at = pointer(field);
  const label = words.fields[field];
  const isSet = isSecret(draft.kind, field) && channel !== null && (channel as Partial<Record<ChannelField, unknown>>)[field] === 'set';
  const hint = isSet ? words.keep : hintOf(draft.kind, field);
  const error = errorAt(at) ?? errorAt(pointer(field, 0));

  if (field === 'security') {
    return (
      <Field label={label} error={error}>
        {(attributes) => (
          <select
            {...attributes}
            value={draft.security}
            onChange={({ target }) => change({ security: mailSecurities.find((each) => each === target.value) ?? draft.security }, at)}
          >
            {mailSecurities.map((each) => (
              <option key={each} value={each}>
                {words.securities[each]}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  }
  if (field === 'to') {
    return (
      <Field
        label={label}
        hint={hint}
        error={
          draft.to
            .split(/[\s,]+/)
            .map((_, n) => errorAt(pointer(field, n)))
            .find(Boolean) ?? error
        }
      >
        {(attributes) => (
          <textarea
            {...attributes}
            rows={2}
            value={draft.to}
            spellCheck={false}
            onChange={({ target }) => change({ to: target.value }, at)}
          />
        )}
      </Field>
    );
  }
  const typed = (
    <TypedField
      label={label}
      hint={hint}
      error={error}
      value={draft[field]}
      type={isSecret(draft.kind, field) && (channel !== null || field === 'password' || field === 'token') ? 'password' : 'text'}
      numeric={field === 'port' || field === 'priority'}
      mono={field === 'url' || field === 'secret' || field === 'token'}
      onChange={(value) => change({ [field]: value }, at)}
    />
  );
  if (field === 'secret') {
    return (
      <Beside
        below={
          <Button size="small" onPress={() => change({ secret: newSigningSecret() })}>
            {words.makeSecret}
          </Button>
        }
      >
        {typed}
      </Beside>
    );
  }
  if (field === 'token' && draft.kind === 'ntfy' && isSet) {
    return (
      <Beside
        below={<CheckBox label={words.forgetToken} checked={draft.forgetToken} onChange={(forgetToken) => change({ forgetToken })} />}
      >
        {typed}
      </Beside>
    );
  }
  return typed;
}

function Beside({ children, below }: { readonly children: ReactNode; readonly below: ReactNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      {children}
      <div>{below}</div>
    </div>
  );
}

function isSecret(kind: ChannelKind, field: ChannelField): boolean {
  return secretFields[kind].some((secret) => secret === field);
}

function hintOf(kind: ChannelKind, field: ChannelField): string | undefined {
  const { hints } = words;
  switch (field) {
    case 'url':
      return { webhook: hints.webhookUrl, discord: hints.discordUrl, slack: hints.slackUrl, ntfy: hints.ntfyUrl }[kind as 'webhook'];
    case 'token':
      return kind === 'ntfy' ? hints.ntfyToken : hints.telegramToken;
    case 'secret':
    case 'priority':
    case 'tags':
    case 'chatId':
    case 'user':
    case 'to':
      return hints[field];
    default:
      return undefined;
  }
}
