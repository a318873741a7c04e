// The page's own failure: said calmly, with the way on. Servers know nothing of it. A part that could not be loaded is no
// failure of the page: the manager is away, and the rest goes on.

import type { ErrorComponentProps } from '@tanstack/react-router';
import { NotLoaded, tryFailedAgain } from '../later.ts';
import { text } from '../messages.ts';
import { Button } from '../ui/button.tsx';
import { Face } from '../ui/face.tsx';

/** Where nothing else is left of the page. */
export function CrashedPage(props: ErrorComponentProps) {
  return (
    <main className="mx-auto max-w-3xl p-6">
      <CrashedView {...props} />
    </main>
  );
}

/** In the place of a view. */
export function CrashedView({ error, reset }: ErrorComponentProps) {
  if (error instanceof NotLoaded) {
    return (
      <>
        <title>{text.title(text.broken.notLoaded)}</title>
        <Face
          level={1}
          shape="question"
          title={text.broken.notLoaded}
          next={
            <Button
              onPress={() => {
                tryFailedAgain();
                reset();
              }}
            >
              {text.retry}
            </Button>
          }
        >
          <p>{text.unreachable}</p>
        </Face>
      </>
    );
  }
  return (
    <>
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
    </>
  );
}
