// What histories are played on, by its name in a script: opened with so many scenes.

import { openMadeUp } from '../made-up.ts';
import type { Ground } from '../seen.ts';
import { sceneOf } from './made-up-scene.ts';
import { openRealStage } from './real-scene.ts';
import type { Scene } from './scene.ts';
import type { Script } from './script.ts';

export interface Stage {
  readonly ground: Ground;
  readonly scenes: readonly Scene[];
  /** What its programs have logged. */
  logs?(): string;
  close(): Promise<void>;
}

export const stages: { readonly [on in Script['on']]: (scenes: number) => Promise<Stage> } = {
  'the real engine': openRealStage,
  async 'made-up hosts'(scenes) {
    const ground = await openMadeUp();
    for (let at = 0; at < scenes; at += 1) await ground.addHost(`host-${at}`);
    return { ground, scenes: ground.hosts.map((host) => sceneOf(ground, host)), close: () => ground.close() };
  },
};
