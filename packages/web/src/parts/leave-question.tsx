// The question before a page is left on which something was not saved.

import { useBlocker } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';

/** @returns the question, while it is asked */
export function useLeaveQuestion(isUnsaved: () => boolean, detail: string): ReactNode {
  const leaving = useBlocker({ shouldBlockFn: isUnsaved, enableBeforeUnload: isUnsaved, withResolver: true });
  if (leaving.status !== 'blocked') return null;
  return (
    <Dialog alert title={text.settings.leave} onClose={leaving.reset}>
      <DialogText>{detail}</DialogText>
      <DialogButtons>
        <Button onPress={leaving.reset}>{text.settings.stay}</Button>
        <Button kind="danger" onPress={leaving.proceed}>
          {text.settings.discard}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
