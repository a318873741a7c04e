// `edit-files`: settings are written into the program's own files, in its volumes, before it starts. A file keeps its owner
// and its mode; what does not change is not written. `check-files` looks whether that can be done, and writes nothing.

import { isUtf8 } from 'node:buffer';
import { Fault } from '@mainstay/core/fault';
import type { FileEdit } from '@mainstay/core/server';
import type { EffectOf } from '@mainstay/wire/link';
import { messageOf } from '../durable.ts';
import { EditTrouble } from '../edits/edit.ts';
import { editors } from '../edits/editors.ts';
import { meaningOf } from '../engine-states.ts';
import { type FoundFile, InsideTrouble, insideVolume, type Owner } from '../inside.ts';
import { idsOf } from '../user-ids.ts';
import { bodyOf, type Done, done, type Step } from './step.ts';

export async function editFiles(step: Step, { files, user }: EffectOf<'edit-files'>): Promise<Done> {
  const body = await bodyOf(step);
  // What runs has read its files, and may be writing them.
  if (body && meaningOf(body.state) === 'running') return done;
  await step.data.guard(step.serverId, { volumes: files.map(({ volume }) => volume), make: false, allowEmptyData: false });
  for (const file of files) {
    step.signal.throwIfAborted();
    await editOne(step, file, user);
  }
  return done;
}

/** Before a program that runs is stopped: what cannot be edited would keep it from coming up again. */
export async function checkFiles({ data, serverId, signal }: Step, { files }: EffectOf<'check-files'>): Promise<Done> {
  for (const file of files) {
    signal.throwIfAborted();
    await telling(file, () =>
      insideVolume(data.volumePath(serverId, file.volume), file.path, false, async ({ content }) => {
        if (content !== null) edited(content, file);
      }),
    );
  }
  return done;
}

async function editOne({ data, serverId }: Step, file: FileEdit, user: string | null): Promise<void> {
  const creates = file.create && editors[file.parser].fromNothing;
  await telling(file, () =>
    insideVolume(data.volumePath(serverId, file.volume), file.path, creates, async (found) => {
      if (found.content === null && !creates) return;
      const before = found.content ?? Buffer.alloc(0);
      const after = edited(before, file);
      if (found.content === null || !after.equals(before)) await found.replace(after, ownerOf(found, user));
    }),
  );
}

/** @throws Fault `file-not-edited`, with what is in the way */
async function telling(file: FileEdit, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof EditTrouble) && !(error instanceof InsideTrouble)) throw error;
    throw new Fault(
      'file-not-edited',
      `${file.path} in volume “${file.volume}” cannot be edited: ${messageOf(error)}. Mend or remove it, or take it out of the server’s files.`,
    );
  }
}

const byteOrderMark = '\uFEFF';

/** Text that is no UTF-8 is taken byte by byte, so that what is not edited stays as it is. */
function edited(content: Buffer, { parser, find }: FileEdit): Buffer {
  const encoding = isUtf8(content) ? 'utf8' : 'latin1';
  const text = content.toString(encoding);
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : '';
  return Buffer.from(mark + editors[parser].edit(text.slice(mark.length), find), encoding);
}

/** A new file is the program's own; where nobody knows who that is, it is open like the volume that it is in. */
function ownerOf({ content, owner }: FoundFile, user: string | null): Owner {
  if (content !== null) return owner;
  const ids = idsOf(user);
  return ids === null ? { ...owner, mode: 0o666 } : { uid: ids.uid, gid: ids.gid ?? owner.gid, mode: 0o644 };
}
