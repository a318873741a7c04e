// Packs the sample server into an image on the spot, with no registry and no docker program: this Node, the libraries it
// needs and the server's sources, as one tar stream into the engine's import. The same machine makes the same layer each time.
// The image's label holds a hash of what went in; while it fits, nothing is done.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type Docker from 'dockerode';
import { type Pack, pack } from 'tar-stream';
import { outputOf } from './command.ts';
import { type Say, step } from './step.ts';

export const SAMPLE_IMAGE = 'mainstay/sample-server:1';

const LABEL = 'dev.mainstay.sample.content';
const SOURCES = join(import.meta.dirname, '../samples/sample-server');

interface ImageFile {
  /** Where it is in the image, from its root, with no leading slash. */
  readonly name: string;
  readonly mode: number;
  /** Its content, or the path of a file too large to hold in memory. */
  readonly content: Buffer | { readonly path: string; readonly size: number };
}

export interface SampleImage {
  readonly tag: string;
  readonly id: string;
  /** False when the engine had it already. */
  readonly built: boolean;
}

/** Resolves once the engine holds the image under the tag; an older one that nobody uses any more is removed. */
export async function ensureSampleImage({
  docker,
  say,
  tag = SAMPLE_IMAGE,
}: {
  docker: Docker;
  say: Say;
  tag?: string;
}): Promise<SampleImage> {
  const files = await imageFiles();
  const hash = contentHash(files);
  const present = await inspect(docker, tag);
  if (present?.hash === hash) return { tag, id: present.id, built: false };
  await step(say, `Packed the sample server as ${tag}`, () => importImage(docker, tag, files, hash));
  const made = await inspect(docker, tag);
  if (made === undefined) throw new Error(`The engine took ${tag} but does not have it`);
  if (present !== undefined && present.id !== made.id) await removeUnused(docker, present.id);
  return { tag, id: made.id, built: true };
}

/** Settings of the image, as lines of a Dockerfile. */
function settingsLines(hash: string): string[] {
  return [
    'ENV PATH=/usr/local/bin:/usr/bin:/bin',
    'WORKDIR /app',
    // No ENTRYPOINT: a server's own command then replaces all of it. No VOLUME either: a container that is run without its
    // data mounted would leave an anonymous volume behind that nobody knows of.
    'CMD ["node", "/app/main.ts"]',
    'EXPOSE 7777/tcp',
    'EXPOSE 27015/tcp',
    `LABEL ${LABEL}=${hash}`,
    'LABEL org.opencontainers.image.title="Mainstay sample server"',
  ];
}

async function imageFiles(): Promise<ImageFile[]> {
  const [libraries, sources, { size }] = await Promise.all([librariesOf(process.execPath), readdir(SOURCES), stat(process.execPath)]);
  const text = (name: string, content: string): ImageFile => {
    return { name, mode: 0o644, content: Buffer.from(content) };
  };
  return [
    text('etc/passwd', 'root:x:0:0:root:/root:/sbin/nologin\n'),
    text('etc/group', 'root:x:0:\n'),
    text('app/package.json', '{ "type": "module" }\n'),
    { name: 'usr/local/bin/node', mode: 0o755, content: { path: process.execPath, size } },
    ...(await Promise.all(
      libraries.map(async (path) => {
        return { name: path.slice(1), mode: 0o755, content: await readFile(path) };
      }),
    )),
    ...(await Promise.all(
      sources
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .sort()
        .map(async (name) => {
          return { name: `app/${name}`, mode: 0o644, content: await readFile(join(SOURCES, name)) };
        }),
    )),
  ];
}

/** The shared libraries of a program and their loader, at the paths where the loader looks for them. */
async function librariesOf(program: string): Promise<string[]> {
  const listing = await outputOf('ldd', [program]);
  return [...listing.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path).sort();
}

function contentHash(files: readonly ImageFile[]): string {
  const hash = createHash('sha256').update(settingsLines('').join('\n'));
  for (const { name, mode, content } of files) {
    hash.update(`\n${name} ${mode} `);
    // Node itself counts by its version and size: reading 120 MB to find that nothing changed would cost each start.
    if (Buffer.isBuffer(content)) hash.update(createHash('sha256').update(content).digest('hex'));
    else hash.update(`${process.version} ${process.arch} ${content.size}`);
  }
  return hash.digest('hex');
}

async function importImage(docker: Docker, tag: string, files: readonly ImageFile[], hash: string): Promise<void> {
  const [repo, version] = tag.split(':');
  const gaveUp = new AbortController();
  const archive = pack();
  const body = new PassThrough();
  const packing = Promise.all([writeFiles(archive, files), pipeline(archive, body)]).catch((error: unknown) => {
    // Otherwise the engine would wait for the rest of the stream for ever.
    gaveUp.abort();
    throw error;
  });
  const importing = docker
    .importImage(body, {
      repo,
      tag: version,
      changes: settingsLines(hash),
      abortSignal: gaveUp.signal,
    })
    .then(
      (progress) =>
        new Promise<void>((resolve, reject) => {
          docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()));
        }),
    );
  await Promise.all([packing, importing]);
}

async function writeFiles(archive: Pack, files: readonly ImageFile[]): Promise<void> {
  // A fixed time, owner and order: what goes in decides the layer, and nothing else.
  const common = { mtime: new Date(0), uid: 0, gid: 0 };
  for (const name of foldersOf(files)) {
    archive.entry({ ...common, name, type: 'directory', mode: name === 'tmp/' ? 0o1777 : 0o755 });
  }
  for (const { name, mode, content } of files) {
    if (Buffer.isBuffer(content)) {
      archive.entry({ ...common, name, mode }, content);
    } else {
      const entry = archive.entry({ ...common, name, mode, size: content.size });
      await pipeline(createReadStream(content.path), entry);
    }
  }
  archive.finalize();
}

function foldersOf(files: readonly ImageFile[]): string[] {
  const folders = new Set(['tmp/', 'data/', 'root/']);
  for (const { name } of files) {
    for (let folder = dirname(name); folder !== '.'; folder = dirname(folder)) {
      folders.add(`${folder}/`);
    }
  }
  return [...folders].sort();
}

async function inspect(docker: Docker, tag: string) {
  try {
    const { Id, Config } = await docker.getImage(tag).inspect();
    return { id: Id, hash: Config.Labels?.[LABEL] };
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

async function removeUnused(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getImage(id).remove();
  } catch (error) {
    // 409: a container still uses it, or it has another name; 404: it is gone already.
    if (statusOf(error) !== 409 && statusOf(error) !== 404) throw error;
  }
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
}
