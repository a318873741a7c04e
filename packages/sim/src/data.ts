// The data of a simulated host: which servers have a directory, what lies in its volumes, whose it is. The world guard
// decides here as the real agent's does over its disk.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import type { DataLook } from '@mainstay/wire/link';
import { hex, type World } from './world.ts';

/** What lies in a volume. */
export interface Content {
  /** The same for as long as it is the same world. */
  readonly id: string;
  readonly bytes: number;
}

interface Volume {
  /** `gone`: the volume's directory is not there; null: it is empty. */
  content: Content | null | 'gone';
  /** Once true, always true. */
  hadContent: boolean;
}

interface Directory {
  /** Whose it is when it is not this server's, as the end of a sentence; null: it is. */
  foreign: string | null;
  readonly volumes: Map<string, Volume>;
  /** The recorded container, as the manifest has it. */
  recorded: string | null;
}

export interface Refusal {
  readonly code: 'data-missing' | 'data-foreign';
  readonly detail: string;
}

export interface Guarding {
  readonly volumes: readonly string[];
  readonly make: boolean;
  readonly allowEmptyData: boolean;
}

/** What a look at a directory comes to; `gone` names the volumes that are to be made again. */
type Finding =
  | { readonly kind: 'sound' }
  | { readonly kind: 'missing'; readonly gone: readonly string[]; readonly detail: string }
  | { readonly kind: 'foreign' | 'unknown'; readonly detail: string };

export const dataRoot = '/srv/mainstay/data';

export class Data {
  readonly #world: World;
  readonly #directories = new Map<ServerId, Directory>();
  /** What was moved away, by people or into the trash. */
  readonly #aside = new Map<ServerId, Directory>();
  /** Servers whose data people have touched since it was last asked. */
  readonly #changed = new Set<ServerId>();
  #trouble: string | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  directory(serverId: ServerId): string {
    return `${dataRoot}/${serverId}`;
  }

  /** The world guard. Volumes that are new to the record are made. @throws Fault `data-missing`, `data-foreign` */
  guard(serverId: ServerId, { volumes, make, allowEmptyData }: Guarding): void {
    const finding = this.#find(serverId, volumes);
    if (finding.kind === 'missing' && !allowEmptyData && !(make && !this.#isLoss(serverId, finding.gone))) throw faultOf(finding);
    if (finding.kind === 'foreign' || finding.kind === 'unknown') throw faultOf(finding);
    const directory = this.#directories.get(serverId) ?? { foreign: null, volumes: new Map(), recorded: null };
    this.#directories.set(serverId, directory);
    for (const name of finding.kind === 'missing' ? finding.gone : []) directory.volumes.delete(name);
    for (const name of volumes) if (!directory.volumes.has(name)) directory.volumes.set(name, { content: null, hadContent: false });
  }

  /** Whether it exists, and would be refused. */
  look(serverId: ServerId): { readonly data: DataLook; readonly refusal: Refusal | null } {
    const at = this.#world.clock.now();
    const finding = this.#find(serverId, null);
    if (finding.kind === 'sound') return { data: { exists: 'yes', bytes: null, at }, refusal: null };
    return { data: { exists: finding.kind === 'missing' ? 'no' : 'unknown', bytes: null, at }, refusal: refusalOf(finding) };
  }

  /** Bytes that its volumes take; null when there is nothing to count. */
  bytes(serverId: ServerId): number | null {
    const directory = this.#directories.get(serverId);
    return directory ? contents(directory).reduce((sum, { bytes }) => sum + bytes, 0) : null;
  }

  /** The id of the world in a server's first volume that has one; null: there is none. */
  worldOf(serverId: ServerId): string | null {
    const directory = this.#directories.get(serverId);
    return (directory && contents(directory)[0]?.id) ?? null;
  }

  /** Moves it to the trash; nothing to do when there is none. @throws Fault `data-foreign` */
  remove(serverId: ServerId): void {
    const finding = this.#find(serverId, []);
    if (finding.kind === 'missing') return;
    if (finding.kind === 'foreign' || finding.kind === 'unknown')
      throw new Fault('data-foreign', `${finding.detail} It was left where it is.`);
    this.setAside(serverId);
  }

  /** A program opens its volumes: one that has no world yet begins one. @returns why it cannot have them; null: it has */
  open(serverId: ServerId, names: readonly string[]): string | null {
    const volumes = this.#directories.get(serverId)?.volumes;
    for (const name of names) {
      const volume = volumes?.get(name);
      if (!volume || volume.content === 'gone') {
        return `invalid mount config for type "bind": bind source path does not exist: ${this.directory(serverId)}/volumes/${name}`;
      }
      volume.content ??= this.#newContent();
      volume.hadContent = true;
    }
    return null;
  }

  /** The manifest: which container was recorded last. */
  record(serverId: ServerId, containerId: string | null): void {
    const directory = this.#directories.get(serverId);
    if (directory) directory.recorded = containerId;
  }

  /** What the manifests say, for an agent that starts. */
  recorded(): Map<ServerId, string> {
    return new Map([...this.#directories].flatMap(([id, { recorded }]) => (recorded === null ? [] : [[id, recorded] as const])));
  }

  /** The servers whose data people have touched since this was last asked: nothing tells of it. */
  takeChanged(): ServerId[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** Moves a server's directory away. @throws Error when there is none */
  setAside(serverId: ServerId): void {
    const directory = this.#directories.get(serverId);
    if (!directory) throw new Error(`There is no ${this.directory(serverId)}.`);
    this.#directories.delete(serverId);
    this.#aside.set(serverId, directory);
    this.#changed.add(serverId);
  }

  /** Puts back what was moved away. @throws Error when nothing was */
  putBack(serverId: ServerId): void {
    const directory = this.#aside.get(serverId);
    if (!directory) throw new Error(`Nothing of ${serverId} was moved away.`);
    this.#aside.delete(serverId);
    this.#directories.set(serverId, directory);
    this.#changed.add(serverId);
  }

  /** Removes what is in a server's volumes, the volumes' directories too if that is said. */
  empty(serverId: ServerId, volumesToo = false): void {
    for (const volume of this.#directories.get(serverId)?.volumes.values() ?? []) volume.content = volumesToo ? 'gone' : null;
    this.#changed.add(serverId);
  }

  /** Makes a directory somebody else's, as the end of a sentence says; null: the server's own again. */
  disown(serverId: ServerId, foreign: string | null): void {
    const directory = this.#directories.get(serverId);
    if (directory) directory.foreign = foreign;
    this.#changed.add(serverId);
  }

  /** Why nobody can look at any of it, a disk that is not there, say; null: one can again. */
  setTrouble(trouble: string | null): void {
    this.#trouble = trouble;
    for (const serverId of this.#directories.keys()) this.#changed.add(serverId);
  }

  /** @param wanted the volumes that matter; null: all that are known */
  #find(serverId: ServerId, wanted: readonly string[] | null): Finding {
    if (this.#trouble !== null) return { kind: 'unknown', detail: this.#trouble };
    const path = this.directory(serverId);
    const directory = this.#directories.get(serverId);
    if (!directory) return { kind: 'missing', gone: [], detail: `Its directory ${path} is gone.` };
    if (directory.foreign !== null) return { kind: 'foreign', detail: `${path} ${directory.foreign}` };
    const gone = [...directory.volumes].flatMap(([name, { content, hadContent }]) => {
      if (wanted !== null && !wanted.includes(name)) return [];
      return content === 'gone' || (content === null && hadContent) ? [name] : [];
    });
    if (gone.length === 0) return { kind: 'sound' };
    return { kind: 'missing', gone, detail: `In ${path}, what was in ${gone.map((name) => `“${name}”`).join(', ')} is gone.` };
  }

  /** Whether a volume that had content lost it: then even a new server's making is not to begin over it. */
  #isLoss(serverId: ServerId, gone: readonly string[]): boolean {
    return gone.some((name) => this.#directories.get(serverId)?.volumes.get(name)?.hadContent);
  }

  #newContent(): Content {
    const { random } = this.#world;
    return { id: hex(random, 8), bytes: Math.round((5 + random() ** 3 * 2_000) * 1_000_000) };
  }
}

const contents = ({ volumes }: Directory): Content[] =>
  [...volumes.values()].flatMap(({ content }) => (content === null || content === 'gone' ? [] : [content]));

function refusalOf(finding: Exclude<Finding, { kind: 'sound' }>): Refusal {
  return { code: finding.kind === 'missing' ? 'data-missing' : 'data-foreign', detail: finding.detail };
}

function faultOf(finding: Exclude<Finding, { kind: 'sound' }>): Fault {
  const { code, detail } = refusalOf(finding);
  const advice = code === 'data-missing' ? ' Put it back, or start with allowEmptyData to begin an empty world.' : '';
  return new Fault(code, detail + advice);
}
