// A server's directory on a simulated host: its volumes and what lies in them, whose it is, and the manifest beside them.

import type { OperationId } from '@mainstay/core/id';
import type { ContainerSpec } from '@mainstay/wire/link';

/** What lies in a volume. */
export interface Content {
  /** The same for as long as it is the same world. */
  readonly id: string;
  readonly bytes: number;
}

export interface Volume {
  /** `gone`: the volume's directory is not there; null: it is empty. */
  content: Content | null | 'gone';
  /** Once true, always true. */
  hadContent: boolean;
}

export interface Directory {
  /** Whose it is when it is not this server's, as the end of a sentence; null: it is. */
  foreign: string | null;
  readonly volumes: Map<string, Volume>;
  /** The record as it was last applied, and the container made of it; null: none was made yet. */
  manifest: { readonly containerId: string; readonly spec: ContainerSpec } | null;
  /** What came of its last installation; null: there was none. */
  installed: { readonly operationId: OperationId; readonly failure: string | null } | null;
  /** The operation that made it as a copy of another's; null: none did. */
  readonly copiedBy: OperationId | null;
}

export const newDirectory = (): Directory => ({ foreign: null, volumes: new Map(), manifest: null, installed: null, copiedBy: null });

export const contentsOf = ({ volumes }: Directory): Content[] =>
  [...volumes.values()].flatMap(({ content }) => (content === null || content === 'gone' ? [] : [content]));

/** Bytes that its volumes take. */
export const bytesOf = (directory: Directory): number => contentsOf(directory).reduce((sum, { bytes }) => sum + bytes, 0);

/** A spec as it is kept on a disk: its secrets stand there as their manager sealed them. */
export function kept(spec: ContainerSpec): ContainerSpec {
  const secret = Object.keys(spec.sealedEnv);
  if (secret.length === 0) return spec;
  return { ...spec, env: Object.fromEntries(Object.entries(spec.env).filter(([name]) => !secret.includes(name))) };
}
