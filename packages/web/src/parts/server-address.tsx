// A server's addresses, each copied by a click.

import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { Copy } from '../ui/copy.tsx';
import { addressesOf } from './addresses.ts';

/** `most`: how many to show; further ones are counted. */
export function ServerAddress({ server, most = Number.POSITIVE_INFINITY }: { readonly server: Server; readonly most?: number }) {
  const addresses = addressesOf(server);
  if (addresses.length === 0) return <span className="text-small text-ink-faint">{text.servers.noPorts}</span>;
  const further = addresses.slice(most);
  return (
    <div className="flex min-w-0 flex-col items-start">
      {addresses.slice(0, most).map(({ shown, copied }, at) => (
        <span key={shown} className="flex max-w-full min-w-0 items-center gap-1.5">
          <Copy shown={shown} copied={copied} />
          {further.length > 0 && at === most - 1 ? (
            <span className="text-small text-ink-faint" title={further.map((address) => address.shown).join('\n')}>
              {text.servers.moreAddresses(further.length)}
            </span>
          ) : null}
        </span>
      ))}
    </div>
  );
}
