// One calm line for each thing that the set-up did, with the time it took. What was done already says nothing.

export type Say = (line: string) => void;

/** Does the work and then says what was done: "Built the page (2.1 s)". */
export async function step<Result>(say: Say, done: string, work: () => Promise<Result>): Promise<Result> {
  const began = performance.now();
  const result = await work();
  say(`${done} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return result;
}
