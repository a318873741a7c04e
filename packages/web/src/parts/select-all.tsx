// The box that chooses every server shown, or lets all of them go.

import { useEffect, useRef } from 'react';
import { text } from '../messages.ts';
import { clearSelection, select, useSelection } from './selection.ts';
import type { ServerGroup } from './server-list.ts';

export function SelectAll({ servers: groups }: { readonly servers: readonly ServerGroup[] }) {
  const selection = useSelection();
  const box = useRef<HTMLInputElement>(null);
  const shown = groups.reduce((sum, { servers }) => sum + servers.length, 0);
  const all = shown > 0 && selection.size >= shown && groups.every(({ servers }) => servers.every(({ id }) => selection.has(id)));
  const some = selection.size > 0 && !all;
  useEffect(() => {
    if (box.current) box.current.indeterminate = some;
  }, [some]);
  return (
    <label className="flex min-h-6 min-w-6 cursor-pointer items-center justify-center pointer-coarse:min-h-11 pointer-coarse:min-w-11">
      <input
        ref={box}
        type="checkbox"
        checked={all}
        aria-label={text.bulk.selectAll}
        onChange={() => (all ? clearSelection() : select(groups.flatMap(({ servers }) => servers.map(({ id }) => id))))}
        className="size-3.5 accent-accent"
      />
    </label>
  );
}
