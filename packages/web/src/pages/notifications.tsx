// Who is told of what happens: channels, the rules that fill them, the alarms that stand, and what was delivered.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { notificationText } from '../messages/notifications.ts';
import { alarmsQuery, channelsQuery, rulesQuery } from '../notification-queries.ts';
import { AlarmPanel } from '../parts/alarm-panel.tsx';
import { NewChannelDialog } from '../parts/channel-dialog.tsx';
import { ChannelPanel } from '../parts/channel-panel.tsx';
import { DeliveryPanel } from '../parts/delivery-panel.tsx';
import { NotThere } from '../parts/not-there.tsx';
import { OnlyWith } from '../parts/only-with.tsx';
import { RulePanel } from '../parts/rule-panel.tsx';
import { agentsQuery, serversQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';
import { PageHead } from '../ui/page-head.tsx';

const words = notificationText;

export function NotificationsPage() {
  return (
    <>
      <PageHead title={words.title} />
      <OnlyWith right="notifications">
        <Notifications />
      </OnlyWith>
    </>
  );
}

function Notifications() {
  const channels = useQuery(channelsQuery);
  const rules = useQuery(rulesQuery);
  const alarms = useQuery(alarmsQuery);
  const { data: servers = [] } = useQuery(serversQuery);
  const { data: agents = [] } = useQuery(agentsQuery);
  const [adding, setAdding] = useState(false);
  const asked = [channels, rules, alarms];

  const content = () => {
    if (channels.data === undefined || rules.data === undefined || alarms.data === undefined) {
      return <NotThere loading={words.loading} broken={words.broken} asked={asked} />;
    }
    if (channels.data.length === 0) {
      return (
        <Face
          title={words.noChannels}
          next={
            <Button kind="primary" onPress={() => setAdding(true)}>
              {words.addChannel}
            </Button>
          }
        >
          <p>{words.noChannelsDetail}</p>
        </Face>
      );
    }
    const byName = servers.toSorted((a, b) => a.name.localeCompare(b.name));
    return (
      <div className="flex flex-col gap-4">
        {rules.data.length > 0 ? <AlarmPanel alarms={alarms.data} /> : null}
        <ChannelPanel channels={channels.data} onAdd={() => setAdding(true)} />
        <RulePanel rules={rules.data} named={{ channels: channels.data, servers: byName, agents }} />
        <DeliveryPanel channels={channels.data} />
      </div>
    );
  };

  return (
    <>
      {content()}
      {adding ? <NewChannelDialog onClose={() => setAdding(false)} /> : null}
    </>
  );
}
