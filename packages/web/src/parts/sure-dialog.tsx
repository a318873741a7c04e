// Asks before somebody or something is shut out for good.

import { useMutation } from '@tanstack/react-query';
import { people } from '../messages/people.ts';
import { text } from '../messages.ts';
import { askForPeople } from '../people-queries.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogButtons, DialogText } from '../ui/dialog.tsx';
import { notify } from '../ui/toast.tsx';
import { detailOf } from './act.ts';

export interface SureDialogProps {
  readonly title: string;
  readonly detail: string;
  readonly confirm: string;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function SureDialog({ title, detail, confirm, onConfirm, onClose }: SureDialogProps) {
  const { mutate, isPending } = useMutation({
    mutationFn: onConfirm,
    onSuccess: askForPeople,
    onError: (error) => notify({ tone: 'refusal', title: people.people.refused, detail: detailOf(error) }),
    onSettled: onClose,
  });
  return (
    <Dialog alert title={title} onClose={onClose}>
      <DialogText>{detail}</DialogText>
      <DialogButtons>
        <Button onPress={onClose}>{text.cancel}</Button>
        <Button kind="danger" pending={isPending} onPress={() => mutate()}>
          {confirm}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
