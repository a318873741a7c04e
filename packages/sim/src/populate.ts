// Many servers at once, made through the real API as anybody would make them: the record is true because the manager
// itself wrote it.

import type { Call } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import type { CreateServerInput } from '@mainstay/wire/servers';

/** Creations at a time: enough that the manager is never idle, few enough that each is quick. */
const atOnce = 64;
/** The longest that the API waits for one. */
const waitSeconds = 60;

/**
 * Creates servers and waits until every creation has ended, well or not.
 * @param made told of each that has
 * @returns their operations, in the order of `wanted`
 */
export async function populate(
  call: Call,
  wanted: readonly CreateServerInput[],
  made: (operation: Operation) => void = () => undefined,
): Promise<Operation[]> {
  const operations: Operation[] = [];
  const waiting = wanted.entries();
  const work = async () => {
    for (const [at, body] of waiting) {
      const idempotencyKey = `populate-${body.name}`;
      const ask = () => call(contract.createServer, { body }, { waitSeconds, idempotencyKey });
      let operation = await ask();
      // The same request again waits on for the same operation.
      while (operation.endedAt === null) operation = await ask();
      operations[at] = operation;
      made(operation);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, wanted.length) }, work));
  return operations;
}
