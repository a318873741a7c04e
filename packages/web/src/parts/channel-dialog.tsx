// Adding a channel, and changing one: the fields of its kind, checked by the API's own schemas.

import { contract } from '@mainstay/wire/contract';
import { type Channel, type ChannelKind, channelKinds } from '@mainstay/wire/notifications';
import { useMutation } from '@tanstack/react-query';
import { call } from '../api.ts';
import { notificationText } from '../messages/notifications.ts';
import { askForNotifications } from '../notification-queries.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { refusalHere } from './access.ts';
import {
  type ChannelDraft,
  type ConfigureChannelBody,
  type CreateChannelBody,
  channelDraftOf,
  checkChangedChannel,
  checkNewChannel,
  newChannelDraft,
} from './channel-draft.ts';
import { ChannelFields } from './channel-fields.tsx';
import { CheckBox } from './check-box.tsx';
import { DialogForm } from './dialog-form.tsx';
import { pointer } from './field-errors.ts';
import { TypedField } from './typed-field.tsx';
import { type DraftForm, useDraft } from './use-draft.ts';

const words = notificationText;

export function NewChannelDialog({ onClose }: { readonly onClose: () => void }) {
  const form = useDraft(newChannelDraft, checkNewChannel);
  const { mutate, isPending } = useMutation({
    mutationFn: (body: CreateChannelBody) => call(contract.createChannel, { body }),
    onSuccess: () => {
      void askForNotifications();
      onClose();
    },
    onError: form.refuse,
  });
  return (
    <ChannelDialog
      title={words.newChannel}
      form={form}
      channel={null}
      confirm={words.add}
      isPending={isPending}
      onSend={mutate}
      onClose={onClose}
    />
  );
}

export function ChangeChannelDialog({ channel, onClose }: { readonly channel: Channel; readonly onClose: () => void }) {
  const form = useDraft(
    () => channelDraftOf(channel),
    (draft: ChannelDraft) => checkChangedChannel(draft, channel),
  );
  const { mutate, isPending } = useMutation({
    mutationFn: (body: ConfigureChannelBody) => call(contract.configureChannel, { params: { channelId: channel.id }, body }),
    onSuccess: () => {
      void askForNotifications();
      onClose();
    },
    onError: form.refuse,
  });
  return (
    <ChannelDialog
      title={words.editChannel(channel.name)}
      form={form}
      channel={channel}
      confirm={words.save}
      isPending={isPending}
      onSend={mutate}
      onClose={onClose}
    />
  );
}

interface ChannelDialogProps<T> {
  readonly title: string;
  readonly form: DraftForm<T, ChannelDraft>;
  readonly channel: Channel | null;
  readonly confirm: string;
  readonly isPending: boolean;
  readonly onSend: (body: T) => void;
  readonly onClose: () => void;
}

function ChannelDialog<T>({ title, form, channel, confirm, isPending, onSend, onClose }: ChannelDialogProps<T>) {
  const { draft, change, errorAt } = form;
  const notInwards = refusalHere('inwards');
  return (
    <Dialog title={title} onClose={onClose}>
      <DialogForm
        submit={confirm}
        refusal={null}
        pending={isPending}
        alert={form.message}
        onSubmit={() => {
          const body = form.submit();
          if (body !== null) onSend(body);
        }}
        onClose={onClose}
      >
        {channel === null ? (
          <Field label={words.kind}>
            {(attributes) => (
              <select {...attributes} value={draft.kind} onChange={({ target }) => change({ kind: target.value as ChannelKind })}>
                {channelKinds.map((kind) => (
                  <option key={kind} value={kind}>
                    {words.kinds[kind]}
                  </option>
                ))}
              </select>
            )}
          </Field>
        ) : null}
        <TypedField
          label={words.name}
          error={errorAt(pointer('name'))}
          value={draft.name}
          onChange={(name) => change({ name }, pointer('name'))}
        />
        <ChannelFields form={form} channel={channel} />
        <CheckBox
          label={words.allowPrivate}
          hint={notInwards ?? words.allowPrivateHint}
          checked={draft.allowPrivate}
          disabled={notInwards !== null && !draft.allowPrivate}
          onChange={(allowPrivate) => change({ allowPrivate })}
        />
      </DialogForm>
    </Dialog>
  );
}
