// The bus of a single manager: within the process. Listeners run on a later turn, never inside the publisher's.

import { EventEmitter } from 'node:events';
import type { Bus } from './bus.ts';

export function createLocalBus(): Bus {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  return {
    publish: (wake) => {
      setImmediate(() => emitter.emit(wake.topic, wake));
    },
    subscribe: (topic, listener) => {
      emitter.on(topic, listener);
      return () => emitter.off(topic, listener);
    },
  };
}
