// The channels: where each leads, what came of the newest message, and a test whose outcome stands in the same place.

import { contract } from '@mainstay/wire/contract';
import type { Channel } from '@mainstay/wire/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api.ts';
import { notificationText } from '../messages/notifications.ts';
import { text } from '../messages.ts';
import { askForNotifications, channelsQuery } from '../notification-queries.ts';
import { queryClient } from '../queries.ts';
import { ageText } from '../ui/age.ts';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { Shape } from '../ui/shape.tsx';
import { Ticking, Time } from '../ui/time.tsx';
import { notify } from '../ui/toast.tsx';
import { detailOf } from './act.ts';
import { ChangeChannelDialog } from './channel-dialog.tsx';
import { deliveryFaces } from './delivery-faces.ts';
import { SureDialog } from './sure-dialog.tsx';

const words = notificationText;

export function ChannelPanel({ channels, onAdd }: { readonly channels: readonly Channel[]; readonly onAdd: () => void }) {
  return (
    <Panel
      title={words.channels}
      aside={
        <Button size="small" onPress={onAdd}>
          {words.addChannel}
        </Button>
      }
    >
      <ul className="-my-3 divide-y divide-line">
        {channels.map((channel) => (
          <ChannelRow key={channel.id} channel={channel} />
        ))}
      </ul>
    </Panel>
  );
}

function ChannelRow({ channel }: { readonly channel: Channel }) {
  const [asking, setAsking] = useState<'change' | 'remove' | null>(null);
  const close = () => setAsking(null);
  const params = { channelId: channel.id };
  const test = useMutation({
    mutationFn: () => call(contract.testChannel, { params }),
    onSuccess: (last) => {
      queryClient.setQueryData<readonly Channel[]>(channelsQuery.queryKey, (held) =>
        held?.map((each) => (each.id === channel.id ? { ...each, last } : each)),
      );
      void askForNotifications();
    },
    onError: (error) => notify({ tone: 'refusal', title: words.testBroken, detail: detailOf(error) }),
  });
  return (
    <li data-channel={channel.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2.5">
      <div className="min-w-0 flex-1 basis-60">
        <p className="wrap-anywhere">
          <span className="font-[550]">{channel.name}</span>{' '}
          <span className="text-aside text-ink-faint">
            {words.kinds[channel.kind]}
            {text.separator}
            {channel.target}
          </span>
        </p>
        <Outcome channel={channel} />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          size="small"
          label={words.testLabel(channel.name)}
          hint={words.testHint}
          pending={test.isPending}
          onPress={() => test.mutate()}
        >
          {words.test}
        </Button>
        <Button size="small" label={words.editLabel(channel.name)} onPress={() => setAsking('change')}>
          {words.edit}
        </Button>
        <Button size="small" kind="danger" label={words.removeLabel(channel.name)} onPress={() => setAsking('remove')}>
          {words.remove}
        </Button>
      </div>
      {asking === 'change' ? <ChangeChannelDialog channel={channel} onClose={close} /> : null}
      {asking === 'remove' ? (
        <SureDialog
          title={words.removeChannelTitle(channel.name)}
          detail={words.removeChannelDetail}
          confirm={words.removeConfirm}
          refused={words.removeRefused}
          onConfirm={() => call(contract.deleteChannel, { params })}
          onDone={askForNotifications}
          onClose={close}
        />
      ) : null}
    </li>
  );
}

function Outcome({ channel: { last, pausedUntil, waiting, dead } }: { readonly channel: Channel }) {
  const face = last === null ? deliveryFaces.queued : last.delivered ? deliveryFaces.delivered : deliveryFaces.dead;
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-1.75 text-aside text-ink-soft">
      <span className={`inline-flex items-center gap-1.75 ${face.ink}`}>
        <Shape name={face.shape} />
        {last === null ? (
          words.neverUsed
        ) : (
          <Time at={last.at} words={(at, now) => (last.delivered ? words.worked : words.didNotWork)(ageText(now - at))} />
        )}
      </span>
      {last === null ? null : <span className="wrap-anywhere">{last.detail}</span>}
      {pausedUntil === null ? null : (
        <span className="text-missing">
          <Ticking words={(now) => words.paused(ageText(pausedUntil - now))} />
        </span>
      )}
      {waiting > 0 ? <span>{words.waiting(waiting)}</span> : null}
      {dead > 0 ? <span className="text-failed">{words.dead(dead)}</span> : null}
    </p>
  );
}
