// The engine's images, by dockerode: what is there, and bringing what is not.

import type { Readable } from 'node:stream';
import type { Progress } from '@mainstay/wire/operations';
import type Docker from 'dockerode';
import { cancelled, looked, lookMs, within } from './docker-calls.ts';
import { createPullSum, type PullMessage } from './docker-pull.ts';
import type { Engine } from './engine.ts';
import { engineFault, imageFault, statusOf, wordsOf } from './engine-faults.ts';
import { eachLine } from './lines.ts';

export function dockerImages(docker: Docker): Pick<Engine, 'image' | 'images' | 'pull'> {
  return {
    async image(reference) {
      try {
        const image = await within(lookMs, () => docker.getImage(reference).inspect());
        return { volumes: Object.keys(image.Config.Volumes ?? {}) };
      } catch (error) {
        if (statusOf(error) === 404) return null;
        throw engineFault(error);
      }
    },

    async images() {
      const images = await looked((abortSignal) => docker.listImages({ abortSignal }));
      return images.flatMap((image) =>
        (image.RepoTags ?? []).filter((tag) => !tag.includes('<none>')).map((reference) => ({ reference, bytes: image.Size })),
      );
    },

    async pull(reference: string, report: (progress: Progress) => void, signal: AbortSignal) {
      const sum = createPullSum();
      try {
        const stream = (await docker.pull(reference, { abortSignal: signal })) as Readable;
        await eachLine(stream, signal, (line) => {
          const message = JSON.parse(line) as PullMessage;
          if (message.error !== undefined) throw imageFault(reference, message.error);
          const progress = sum(message);
          if (progress) report(progress);
        });
      } catch (error) {
        if (signal.aborted) throw cancelled();
        throw statusOf(error) === undefined ? engineFault(error) : imageFault(reference, wordsOf(error));
      }
    },
  };
}
