// `test` with an installation: one for all the tests of a file, closed when they are done. When a test fails, what the
// programs logged meanwhile is shown beneath it. `proxied` has an engine proxy between the host and the engine.

import { test as base, type TestContext } from 'vitest';
import { type EngineProxy, openEngineProxy } from './engine-proxy.ts';
import { type Installation, openInstallation } from './installation.ts';

export const test = base
  .extend(
    'mainstay',
    { scope: 'file' }, // biome-ignore lint/correctness/noEmptyPattern: Vitest asks for a pattern, of which it reads the fixtures that are used
    async ({}, { onCleanup }): Promise<Installation> => {
      const mainstay = await openInstallation();
      onCleanup(() => mainstay.close());
      return mainstay;
    },
  )
  .extend('shown', { auto: true }, ({ mainstay, onTestFailed }) => showWhenFailed(mainstay, onTestFailed));

export const proxied = base
  .extend(
    'engine',
    { scope: 'file' }, // biome-ignore lint/correctness/noEmptyPattern: Vitest asks for a pattern, of which it reads the fixtures that are used
    async ({}, { onCleanup }): Promise<EngineProxy> => {
      const engine = await openEngineProxy();
      onCleanup(() => engine.close());
      return engine;
    },
  )
  .extend('mainstay', { scope: 'file' }, async ({ engine }, { onCleanup }): Promise<Installation> => {
    const mainstay = await openInstallation({ dockerHost: engine.address });
    onCleanup(() => mainstay.close());
    return mainstay;
  })
  .extend('shown', { auto: true }, ({ mainstay, engine, onTestFailed }, { onCleanup }) => {
    // The next test finds an engine that behaves.
    onCleanup(() => engine.behave());
    return showWhenFailed(mainstay, onTestFailed);
  });

/** @returns where the logs stood when the test began */
function showWhenFailed(mainstay: Installation, onTestFailed: TestContext['onTestFailed']) {
  const mark = mainstay.logMark();
  onTestFailed(() => {
    process.stderr.write(`${mainstay.logs(mark)}\n`);
  });
  return mark;
}
