// Which engine answers: its own id, asked once and remembered for as long as nothing speaks against it. Another engine
// behind the same socket (a host set up anew, a changed DOCKER_HOST) must never make its servers look gone.

import type { Engine } from './engine.ts';

export class EngineId {
  readonly #engine: Engine;
  #asked: Promise<string> | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @throws Fault when the engine does not answer */
  get(): Promise<string> {
    this.#asked ??= this.#engine.facts().then(
      (facts) => facts.id,
      (error: unknown) => {
        this.forget();
        throw error;
      },
    );
    return this.#asked;
  }

  /** Ask again next time: the connection to the engine was lost. */
  forget(): void {
    this.#asked = null;
  }
}
