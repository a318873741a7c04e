// The box that chooses a server. With Shift it chooses all from the last one chosen to this.

import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { toggleRange, toggleSelected, useIsSelected } from './selection.ts';
import { shownOrder } from './shown-order.ts';

export function SelectBox({ server }: { readonly server: Server }) {
  const selected = useIsSelected(server.id);
  return (
    <label className="flex min-h-6 min-w-6 cursor-pointer items-center justify-center pointer-coarse:min-h-11 pointer-coarse:min-w-11">
      <input
        type="checkbox"
        checked={selected}
        aria-label={text.bulk.select(server.name)}
        onChange={({ nativeEvent }) => {
          const shift = nativeEvent instanceof MouseEvent && nativeEvent.shiftKey;
          if (shift) toggleRange(shownOrder(), server.id);
          else toggleSelected(server.id);
        }}
        className="size-3.5 accent-accent"
      />
    </label>
  );
}
