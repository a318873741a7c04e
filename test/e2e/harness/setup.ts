// Before and after all tests on the real engine: the engine answers and holds the sample image, the page is built, and what
// makes networks and disks for tests is there; afterwards nothing that this run made is left on it. Containers and images that
// were there before are nobody's business here.

import { type Engine, endDaemon, ensureEngine } from '../../../tools/engine.ts';
import { ensureNetworkTools } from '../../../tools/network-tools.ts';
import { ensureSampleImage, SAMPLE_IMAGE } from '../../../tools/sample-image.ts';
import { ensureWebBuilt } from '../../../tools/web.ts';
import { closeRun, noted, openRun } from './ledger.ts';
import { createOutside } from './outside.ts';

let engine: Engine;
let imageWasThere: boolean;

export async function setup(): Promise<void> {
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  openRun();
  engine = await ensureEngine({ say });
  const { docker } = engine;
  imageWasThere = await docker
    .getImage(SAMPLE_IMAGE)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  await ensureSampleImage({ docker, say });
  await ensureNetworkTools({ say });
  await ensureWebBuilt({ say });
}

export async function teardown(): Promise<void> {
  const outside = createOutside();
  const left = (await Promise.all(noted('installations').map((id) => outside.containersOfInstallation(id)))).flat();
  await Promise.all(left.map(({ Id }) => outside.remove(Id)));
  closeRun();
  if (!imageWasThere) await engine.docker.getImage(SAMPLE_IMAGE).remove();
  if (engine.daemonPid !== undefined) await endDaemon(engine.daemonPid);
  if (left.length > 0) throw new Error(`The tests left containers behind: ${left.flatMap(({ Names }) => Names).join(', ')}`);
}
