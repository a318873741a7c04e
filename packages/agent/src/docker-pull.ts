// An image on its way: the engine tells of each layer as it comes, people want one figure.

import type { Progress } from '@mainstay/wire/operations';

/** One message of the engine's, as far as it matters. */
export interface PullMessage {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** Sums the layers. The total grows as layers become known, and never shrinks. */
export function createPullSum(): (message: PullMessage) => Progress | null {
  const layers = new Map<string, { done: number; total: number }>();
  return ({ id, status, progressDetail }) => {
    if (id === undefined) return null;
    const layer = layers.get(id) ?? { done: 0, total: 0 };
    if (status === 'Downloading' && progressDetail) {
      layer.total = Math.max(layer.total, progressDetail.total ?? 0);
      layer.done = Math.max(layer.done, progressDetail.current ?? 0);
    } else if (status === 'Download complete' || status === 'Pull complete') {
      layer.done = layer.total;
    } else return null;
    layers.set(id, layer);
    let done = 0;
    let total = 0;
    for (const each of layers.values()) {
      done += each.done;
      total += each.total;
    }
    return { done, total: total === 0 ? null : Math.max(total, done), unit: 'bytes' };
  };
}
