// The alarms that stand, each with the way to what it is about.

import type { OpenAlarm } from '@mainstay/wire/notifications';
import { Link } from '@tanstack/react-router';
import { notificationText } from '../messages/notifications.ts';
import { text } from '../messages.ts';
import { paths } from '../paths.ts';
import { ageText } from '../ui/age.ts';
import { Panel } from '../ui/panel.tsx';
import { Shape } from '../ui/shape.tsx';
import { Ticking, Time } from '../ui/time.tsx';

const words = notificationText;

export function AlarmPanel({ alarms }: { readonly alarms: readonly OpenAlarm[] }) {
  return (
    <Panel title={words.alarms}>
      {alarms.length === 0 ? (
        <p className="text-ink-faint">{words.noAlarms}</p>
      ) : (
        <ul className="flex flex-col gap-2">
          {alarms.map((alarm) => (
            <AlarmRow key={`${alarm.ruleId} ${alarm.topic} ${alarm.serverId ?? alarm.agentId}`} alarm={alarm} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function AlarmRow({ alarm }: { readonly alarm: OpenAlarm }) {
  const { topic, serverId, agentId, subject, since, count, settlesAt, ruleName } = alarm;
  const to = serverId !== null ? paths.server(serverId) : agentId !== null ? paths.host(agentId) : paths.hosts();
  return (
    <li data-alarm={topic} className="grid grid-cols-[14px_minmax(0,1fr)] gap-x-2.5">
      <span className={`mt-[3px] ${settlesAt === null ? 'text-failed' : 'text-missing'}`}>
        <Shape name={settlesAt === null ? 'triangle' : 'dashed-ring'} />
      </span>
      <p className="wrap-anywhere">
        <Link {...to} className="font-[550] hover:underline">
          {subject}
        </Link>{' '}
        {words.alarm[topic]}
        <span className="text-aside text-ink-faint">
          {text.separator}
          <Time at={since} words={(at, now) => words.alarmSince(ageText(now - at))} />
          {count > 1 ? `${text.separator}${words.alarmTimes(count)}` : null}
          {settlesAt === null ? null : (
            <>
              {text.separator}
              <Ticking words={(now) => words.settles(ageText(settlesAt - now))} />
            </>
          )}
          {text.separator}
          {words.byRule(ruleName)}
        </span>
      </p>
    </li>
  );
}
