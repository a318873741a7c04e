// What many samples of one thing come to: the middle, the bad end, the spread; and how one cost grows with another number.
// Pure arithmetic, no unit.

export interface Figures {
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  /** Between these lie eight of ten samples. */
  readonly p10: number;
  readonly p90: number;
  readonly most: number;
}

/** @throws when there is no sample */
export function figuresOf(samples: readonly number[]): Figures {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (part: number) => quantile(sorted, part);
  return { samples: sorted.length, p50: at(0.5), p99: at(0.99), p10: at(0.1), p90: at(0.9), most: at(1) };
}

/** @param sorted ascending; between two of them it is drawn as a line */
function quantile(sorted: readonly number[], part: number): number {
  const place = part * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) throw new Error('No samples were taken.');
  return below + (above - below) * (place - Math.floor(place));
}

/** One point of a cost that grows: at `size` it was `cost`. */
export interface Point {
  readonly size: number;
  readonly cost: number;
}

/** The power of the size by which the cost grows, least squares on a doubly logarithmic scale: 0 flat, 1 in proportion, 2 squared. */
export function growthOf(points: readonly Point[]): number {
  const logs = points.map(({ size, cost }) => ({ x: Math.log(size), y: Math.log(cost) }));
  const mean = (of: (log: { x: number; y: number }) => number) => logs.reduce((sum, log) => sum + of(log), 0) / logs.length;
  const [x, y] = [mean((log) => log.x), mean((log) => log.y)];
  return mean((log) => (log.x - x) * (log.y - y)) / mean((log) => (log.x - x) ** 2);
}
