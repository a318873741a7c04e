// Many things side by side, but only so many at a time.

/** @returns the results in the order of `items` */
export async function concurrently<T, R>(items: readonly T[], atOnce: number, work: (item: T) => R | Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
