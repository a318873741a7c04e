// The page's own failure: said calmly, with the way on. Servers know nothing of it.

import type { ErrorComponentProps } from '@tanstack/react-router';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';

export function CrashedPage({ error }: ErrorComponentProps) {
  return (
    <main className="mx-auto max-w-3xl p-6">
      <title>{text.title(text.broken.crashed)}</title>
      <Face
        level={1}
        shape="triangle"
        title={text.broken.crashed}
        next={<Button onPress={() => location.reload()}>{text.broken.reload}</Button>}
      >
        <p>{text.broken.crashedDetail}</p>
        <p className="font-mono text-small">{error instanceof Error ? error.message : String(error)}</p>
      </Face>
    </main>
  );
}
