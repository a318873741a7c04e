// Requests as a program with kept connections makes them, with as little of a client around them as there can be: what is
// measured is the manager.

import { Agent, request } from 'node:http';

export interface Asker {
  /** Asks for a path and reads the whole answer. @returns how long it took, ms @throws when it is no 200 */
  get(path: string): Promise<number>;
  /** The same, for what it answers. */
  read(path: string): Promise<string>;
  close(): void;
}

/** @param connections kept at once */
export function createAsker(url: string, token: string, connections: number): Asker {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  const headers = { authorization: `Bearer ${token}` };
  const ask = (path: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const asked = request({ agent, hostname, port, path, headers }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('error', reject);
        answer.on('end', () => {
          const body = Buffer.concat(pieces);
          if (answer.statusCode === 200) resolve(body);
          else reject(new Error(`GET ${path} answered ${answer.statusCode}: ${body.toString().slice(0, 300)}`));
        });
      });
      asked.on('error', reject);
      asked.end();
    });
  return {
    async get(path) {
      const began = performance.now();
      await ask(path);
      return performance.now() - began;
    },
    read: async (path) => (await ask(path)).toString(),
    close: () => agent.destroy(),
  };
}

/** Asks again and again on so many connections at once. @returns how many were answered in a second */
export async function rateOf(ask: () => Promise<unknown>, connections: number, ms: number): Promise<number> {
  const began = performance.now();
  let answered = 0;
  const work = async () => {
    while (performance.now() - began < ms) {
      await ask();
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return (answered * 1000) / (performance.now() - began);
}

/** Asks so many times a second, whether the one before was answered or not, as people do. @returns how long each took, ms */
export async function atPace(ask: () => Promise<number>, aSecond: number, ms: number): Promise<number[]> {
  const began = performance.now();
  const answers: Promise<number>[] = [];
  await new Promise<void>((resolve) => {
    const ticking = setInterval(() => {
      const due = Math.min(ms, performance.now() - began) * (aSecond / 1000);
      while (answers.length < due) answers.push(ask());
      if (performance.now() - began < ms) return;
      clearInterval(ticking);
      resolve();
    }, 2);
  });
  return Promise.all(answers);
}
