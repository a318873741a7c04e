// The keys, in one place, and the switch that turns those of a single letter off: whoever dictates to a page, or rests
// a hand on the keyboard, must not be surprised by them (WCAG 2.1.4).

import { useState } from 'react';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogButtons } from '../ui/dialog.tsx';
import { keepSingleKeys, singleKeys } from './single-keys.ts';

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const [on, setOn] = useState(singleKeys);
  return (
    <Dialog title={text.help.title} onClose={onClose}>
      <dl className="grid grid-cols-[7rem_minmax(0,1fr)] items-baseline gap-x-4 gap-y-2">
        {text.help.keys.map(({ keys, does }) => (
          <div key={does} className="contents">
            <dt className="flex flex-wrap gap-1">
              {keys.map((key) => (
                <kbd key={key} className="rounded-tag border border-line px-1.5 font-mono text-small">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="flex items-center gap-2 pointer-coarse:min-h-11">
        <input
          type="checkbox"
          checked={on}
          onChange={({ target }) => {
            keepSingleKeys(target.checked);
            setOn(target.checked);
          }}
          className="size-4 accent-accent"
        />
        {text.help.single}
      </label>
      <DialogButtons>
        <Button onPress={onClose}>{text.bulk.close}</Button>
      </DialogButtons>
    </Dialog>
  );
}
