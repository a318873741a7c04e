// A simulated server's data on its way to a clone, as the link carries it: each volume that has a world in it has one file, which
// says which world that is.

import { bodyAmong, labels } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { InstallationId, ServerId } from '@mainstay/core/id';
import type { Known } from '@mainstay/core/known';
import type { CopyAnswer, CopyEntry, CopyQuestion } from '@mainstay/wire/copies';
import { runs } from './container.ts';
import type { Lent } from './data.ts';
import type { Content } from './directory.ts';
import type { Machine } from './machine.ts';

const fileName = 'world.json';
const facts = { mode: 0o777, uid: 0, gid: 0, modifiedMs: 0, sparse: false, to: null, shared: null } as const;
const root = { ...facts, kind: 'directory', size: 0 } as const;

interface LendingWorld {
  readonly installationId: InstallationId;
  readonly machine: Machine;
  readonly known: Known;
}

/** @throws Fault `data-missing`, `data-foreign` */
export function lend(world: LendingWorld, serverId: ServerId, question: CopyQuestion): CopyAnswer {
  const lent = world.machine.data.lend(serverId);
  if (question.ask === 'begin') {
    const volumes = [...lent.volumes].map(([name, { hadContent }]) => ({ name, hadContent, root }));
    return { of: 'begin', begin: { running: runningOf(world, serverId), bytes: 0, installed: lent.installed, volumes } };
  }
  const content = lent.volumes.get(question.volume)?.content ?? null;
  const file = content === null ? null : Buffer.from(JSON.stringify(content));
  switch (question.ask) {
    case 'list': {
      const entries: CopyEntry[] = file === null ? [] : [{ ...facts, kind: 'file', mode: 0o644, name: fileName, size: file.length }];
      return { of: 'list', page: { entries, next: null } };
    }
    case 'read':
      return {
        of: 'read',
        piece: file && { data: file.toString('base64'), length: file.length, size: file.length, modifiedMs: 0, sha256: null },
      };
    case 'sum':
      throw new Fault('internal', 'Nobody asks a simulated host for a checksum.');
  }
}

/** The same from the other end: what another host lends, asked for piece by piece. */
export async function borrow(ask: (question: CopyQuestion) => Promise<CopyAnswer>): Promise<Lent> {
  const begun = await ask({ ask: 'begin', count: false });
  if (begun.of !== 'begin') throw otherwise();
  const volumes: Lent['volumes'] = new Map();
  for (const { name, hadContent } of begun.begin.volumes) {
    const listed = await ask({ ask: 'list', volume: name, path: [], after: null });
    if (listed.of !== 'list') throw otherwise();
    const there = listed.page.entries.some((entry) => entry.name === fileName);
    volumes.set(name, { hadContent, content: there ? await contentOf(ask, name) : null });
  }
  return { volumes, installed: begun.begin.installed };
}

async function contentOf(ask: (question: CopyQuestion) => Promise<CopyAnswer>, volume: string): Promise<Content | null> {
  const read = await ask({ ask: 'read', volume, path: [fileName], offset: 0 });
  if (read.of !== 'read') throw otherwise();
  return read.piece && (JSON.parse(Buffer.from(read.piece.data, 'base64').toString()) as Content);
}

const otherwise = (): Fault => new Fault('internal', 'The other host answered something else than it was asked.');

/** Whether it runs, and since when. */
export function runningOf(
  { machine, known, installationId }: LendingWorld,
  serverId: ServerId,
): { now: boolean; startedAt: number | null } {
  const containers = machine.reach().list({ [labels.installation]: installationId, [labels.server]: serverId });
  const body = bodyAmong(containers, known.recorded(serverId));
  return { now: body !== null && runs(body), startedAt: null };
}
