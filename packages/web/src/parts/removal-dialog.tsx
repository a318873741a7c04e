// Asks before something of the notifications goes, and says what goes with it.

import { useMutation } from '@tanstack/react-query';
import { notificationText } from '../messages/notifications.ts';
import { text } from '../messages.ts';
import { askForNotifications } from '../notification-queries.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { notify } from '../ui/toast.tsx';
import { detailOf } from './act.ts';

export interface RemovalDialogProps {
  readonly title: string;
  readonly detail: string;
  readonly onRemove: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function RemovalDialog({ title, detail, onRemove, onClose }: RemovalDialogProps) {
  const { mutate, isPending } = useMutation({
    mutationFn: onRemove,
    onSuccess: () => askForNotifications(),
    onError: (error) => notify({ tone: 'refusal', title: notificationText.removeRefused, detail: detailOf(error) }),
    onSettled: onClose,
  });
  return (
    <Dialog alert title={title} onClose={onClose}>
      <DialogText>{detail}</DialogText>
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="danger" pending={isPending} onPress={() => mutate()}>
          {notificationText.removeConfirm}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
