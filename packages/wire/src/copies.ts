// A server's data on its way to a clone: what the host that has it is asked, and what it answers. A host asks its manager, and the
// manager the host that has it; paths are names inside a volume, one a directory, so that none can lead out of it.

import { z } from 'zod';

/** File names are bytes: each character stands for one, so that a name in whatever encoding comes through unchanged. */
const fileName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^/\0\u0100-\uffff]+$/, 'Not the name of a file.')
  .refine((name) => name !== '.' && name !== '..', 'Not the name of a file.');
const volume = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9.-]*$/, 'Not the name of a volume.');
const path = z.array(fileName).max(2048);
const bytes = z.int().min(0);

/** How much of a file one answer holds. Small, for a stop waits behind what is being sent; large enough to be worth a message. */
export const pieceBytes = 256 * 1024;
/** How many entries one answer lists. */
export const pageEntries = 2_000;

/** What stands under a name. `other`: a socket, a pipe, a device; nothing that could be copied. */
export const copyEntry = z.strictObject({
  name: fileName,
  kind: z.enum(['directory', 'file', 'link', 'other']),
  mode: z.int().min(0),
  uid: z.int().min(0),
  gid: z.int().min(0),
  modifiedMs: z.number(),
  size: bytes,
  /** Whether it has holes. */
  sparse: z.boolean(),
  /** Where a link leads. */
  to: z.string().max(4096).nullable(),
  /** The same for every name of one file; null: it has this one only. */
  shared: z.string().max(100).nullable(),
});

/** `begin`: what is there; `count`: and how much. `list`: a directory, by name. `read`: a piece of a file. `sum`: of its first bytes. */
export const copyQuestion = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('begin'), count: z.boolean() }),
  z.strictObject({ ask: z.literal('list'), volume, path, after: fileName.nullable() }),
  z.strictObject({ ask: z.literal('read'), volume, path, offset: bytes }),
  z.strictObject({ ask: z.literal('sum'), volume, path, length: bytes }),
]);

/** How its program stands: copies of what was written meanwhile are not whole. */
export const running = z.strictObject({
  now: z.boolean(),
  startedAt: z.number().nullable().meta({ description: 'When its process began last; null: it has no container' }),
});

export const copyBegin = z.strictObject({
  running,
  bytes: bytes.meta({ description: 'On its disk; 0 when it was not counted' }),
  installed: z.boolean(),
  volumes: z.array(z.strictObject({ name: volume, hadContent: z.boolean(), root: copyEntry.omit({ name: true }) })),
});
export const copyPage = z.strictObject({
  entries: z.array(copyEntry),
  next: fileName.nullable().meta({ description: 'What to list after; null: this is all' }),
});
/** null: it is gone, or no file any more. */
export const copyPiece = z
  .strictObject({
    data: z.string().meta({ description: 'base64; empty where all of its `length` bytes are zero' }),
    length: bytes,
    /** As it is now. */
    size: bytes,
    modifiedMs: z.number(),
    /** Of the piece, where it is the whole file. */
    sha256: z.string().nullable(),
  })
  .nullable();
export const copySum = z.strictObject({ sha256: z.string(), size: bytes, modifiedMs: z.number() }).nullable();

export const copyAnswer = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('begin'), begin: copyBegin }),
  z.strictObject({ of: z.literal('list'), page: copyPage }),
  z.strictObject({ of: z.literal('read'), piece: copyPiece }),
  z.strictObject({ of: z.literal('sum'), sum: copySum }),
]);

export type CopyEntry = z.output<typeof copyEntry>;
export type CopyQuestion = z.output<typeof copyQuestion>;
export type CopyAnswer = z.output<typeof copyAnswer>;
export type CopyBegin = z.output<typeof copyBegin>;
export type CopyPage = z.output<typeof copyPage>;
export type CopyPiece = z.output<typeof copyPiece>;
export type CopySum = z.output<typeof copySum>;
