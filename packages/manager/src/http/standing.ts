// An open stream lasts only as long as what let it in: a session or token that ended, or an access that changed, ends it. It is
// looked at when somebody says that access changed, and every few seconds whatever was said: the command line changes it too.

import type { Access } from '@mainstay/core/access';
import { bearer, type Caller } from '../app/credentials.ts';
import type { World } from '../world.ts';
import type { Stream } from './stream.ts';

const everyMs = 5_000;

/** @param still whether the stream may go on with what the caller may do now */
export function endWithAccess(
  world: World,
  caller: Caller,
  stream: Pick<Stream<unknown>, 'closed' | 'end'>,
  still: (access: Access) => boolean,
): void {
  const { bearer: known } = caller;
  if (known === null) return;
  void (async () => {
    while (!stream.closed.aborted) {
      const wake = new AbortController();
      const stopListening = world.bus.subscribe('access', () => wake.abort());
      try {
        const now = await bearer(world.store, known.kind, known.hash, world.clock.now());
        if (now === null || !still(now.access)) return stream.end();
        await world.clock.pause(everyMs, AbortSignal.any([wake.signal, stream.closed]));
      } finally {
        stopListening();
      }
    }
  })().catch((error: unknown) => {
    if (stream.closed.aborted) return;
    world.log.error({ error }, 'whether a stream may go on could not be asked; it is ended');
    stream.end();
  });
}
