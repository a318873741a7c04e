// What is known of a server's data: its size when it is there, and when that was looked at.

import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { exactText } from '../ui/age.ts';
import { bytesText } from '../ui/bytes.ts';

export function ServerData({ server }: { readonly server: Server }) {
  const { dataExists, dataBytes, dataSeenAt, volumes } = server;
  const looked = dataSeenAt === null ? undefined : `${text.data.lookedAt}: ${exactText(dataSeenAt)}`;
  if (volumes.length === 0 || dataExists === 'unknown') return <span title={looked ?? text.data.unknown}>{text.none}</span>;
  if (dataExists === 'no') {
    return (
      <span className="text-failed" title={looked}>
        {text.data.goneWord}
      </span>
    );
  }
  const over = server.overQuota && server.quota !== null;
  return (
    <span title={looked} className={over ? 'text-missing' : undefined}>
      {dataBytes === null ? text.data.exists : bytesText(dataBytes)}
      {over ? <span className="sr-only"> {text.disk.over}</span> : null}
    </span>
  );
}
