// Where a copy takes its data from: this host's own disk, or another host by way of the manager. One writer writes both.

import type { CopyBegin, CopyEntry } from '@mainstay/wire/copies';
import type { Facts } from './lent-directory.ts';

/** How often a file is copied again that changed meanwhile; one that never rests is taken as it was read last. */
export const triesMost = 3;

/** A file's content, as it was written. */
export interface Content {
  /** The file as it was read. */
  readonly facts: Facts;
  /** Whether it changed meanwhile. */
  readonly torn: boolean;
  /** The mode that the copy has already, where it was given one; null: it has none that counts. */
  readonly mode: number | null;
}

export interface SourceDirectory {
  entries(): AsyncIterable<CopyEntry>;
  /** A directory in it; null: it is gone. */
  under(name: string): Promise<SourceDirectory | null>;
  /**
   * Writes the content of a file to `path`.
   * @param copied is told of bytes as they are written
   * @returns null: the file is gone
   */
  content(entry: CopyEntry, path: string, copied: (bytes: number) => void): Promise<Content | null>;
  close(): Promise<void>;
}

export interface Source {
  /** @param count whether its bytes are to be counted, which takes a while */
  begin(count: boolean): Promise<CopyBegin>;
  volume(name: string): Promise<SourceDirectory>;
}
