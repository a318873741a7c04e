// The data of a simulated host: which servers have a directory, what lies in its volumes, whose it is. The world guard
// decides here as the real agent's does over its disk.

import { Fault } from '@mainstay/core/fault';
import type { OperationId, ServerId } from '@mainstay/core/id';
import type { ContainerSpec, DataLook, KeptRecord } from '@mainstay/wire/link';
import { type Content, contentsOf, type Directory, kept, newDirectory, type Volume } from './directory.ts';
import { Trash } from './trash.ts';
import { hex, type World } from './world.ts';

export interface Refusal {
  readonly code: 'data-missing' | 'data-foreign';
  readonly detail: string;
}

export interface Guarding {
  readonly volumes: readonly string[];
  readonly make: boolean;
  readonly allowEmptyData: boolean;
}

export interface Installing {
  readonly operationId: OperationId;
  /** Even where one stands. */
  readonly again: boolean;
  /** Why its script ends badly; null: it ends well. */
  readonly failure: string | null;
}

/** What a look at a directory comes to; `gone` names the volumes that are to be made again. */
type Finding =
  | { readonly kind: 'sound' }
  | { readonly kind: 'missing'; readonly gone: readonly string[]; readonly detail: string }
  | { readonly kind: 'foreign' | 'unknown'; readonly detail: string };

/** As much of a server's data as a clone gets. */
export interface Lent {
  readonly volumes: Map<string, Volume>;
  readonly installed: boolean;
}

export const dataRoot = '/srv/mainstay/data';

export class Data {
  readonly trash: Trash;
  readonly #world: World;
  readonly #directories = new Map<ServerId, Directory>();
  /** What people have moved away. */
  readonly #aside = new Map<ServerId, Directory>();
  /** Servers whose data people have touched since it was last asked. */
  readonly #changed = new Set<ServerId>();
  #trouble: string | null = null;

  constructor(world: World) {
    this.#world = world;
    this.trash = new Trash(world.clock);
  }

  directory(serverId: ServerId): string {
    return `${dataRoot}/${serverId}`;
  }

  /** The world guard. Volumes that are new to the record are made. @throws Fault `data-missing`, `data-foreign` */
  guard(serverId: ServerId, { volumes, make, allowEmptyData }: Guarding): void {
    const finding = this.#find(serverId, volumes);
    if (finding.kind === 'missing' && !allowEmptyData && !(make && !this.#isLoss(serverId, finding.gone))) throw faultOf(finding);
    if (finding.kind === 'foreign' || finding.kind === 'unknown') throw faultOf(finding);
    const directory = this.#directories.get(serverId) ?? newDirectory();
    this.#directories.set(serverId, directory);
    for (const name of finding.kind === 'missing' ? finding.gone : []) directory.volumes.delete(name);
    for (const name of volumes) if (!directory.volumes.has(name)) directory.volumes.set(name, { content: null, hadContent: false });
  }

  /** Whether it exists, and would be refused. */
  look(serverId: ServerId): { readonly data: DataLook; readonly refusal: Refusal | null } {
    const at = this.#world.clock.now();
    const finding = this.#find(serverId, null);
    if (finding.kind === 'sound') return { data: { exists: 'yes', at }, refusal: null };
    return { data: { exists: finding.kind === 'missing' ? 'no' : 'unknown', at }, refusal: refusalOf(finding) };
  }

  /** Bytes that each of its volumes takes; null when it is not there to be counted. */
  volumeBytes(serverId: ServerId): Record<string, number> | null {
    const directory = this.#directories.get(serverId);
    if (!directory || this.look(serverId).data.exists !== 'yes') return null;
    return Object.fromEntries([...directory.volumes].map(([name, { content }]) => [name, content === 'gone' ? 0 : (content?.bytes ?? 0)]));
  }

  /** The id of the world in a server's first volume that has one; null: there is none. */
  worldOf(serverId: ServerId): string | null {
    const directory = this.#directories.get(serverId);
    return (directory && contentsOf(directory)[0]?.id) ?? null;
  }

  /** Moves it to the trash; nothing to do when there is none. @throws Fault `data-foreign` */
  remove(serverId: ServerId, record: KeptRecord): void {
    const finding = this.#find(serverId, []);
    if (finding.kind === 'foreign' || finding.kind === 'unknown')
      throw new Fault('data-foreign', `${finding.detail} It was left where it is.`);
    const directory = this.#directories.get(serverId);
    if (!directory) return;
    this.#directories.delete(serverId);
    this.trash.put(serverId, directory, record);
  }

  /** Makes an archive of it, this operation's; nothing to do when there is no data. */
  archive(serverId: ServerId, operationId: OperationId): void {
    const directory = this.#directories.get(serverId);
    if (directory && this.#find(serverId, null).kind !== 'missing') this.trash.archive(serverId, operationId, directory);
  }

  /** Brings it back from the trash; nothing to do when that was done. @throws Fault `data-missing`, `data-foreign` */
  bringBack(serverId: ServerId, trashId: string): void {
    const there = this.#directories.has(serverId);
    if (there && this.trash.has(trashId))
      throw new Fault('data-foreign', `${this.directory(serverId)} is there already. Move it away first.`);
    const directory = this.trash.take(trashId, serverId);
    if (directory) this.#directories.set(serverId, directory);
    else if (!there) throw new Fault('data-missing', 'It is not in the trash any more.');
  }

  /** What a clone of a server gets of its data. @throws Fault `data-missing`, `data-foreign` */
  lend(serverId: ServerId): Lent {
    const { refusal } = this.look(serverId);
    if (refusal) throw new Fault(refusal.code, refusal.detail);
    const directory = this.#directories.get(serverId);
    return { volumes: new Map(directory?.volumes), installed: directory?.installed?.failure === null };
  }

  /** A server's data becomes a copy of what was lent, by this operation; nothing to do when it is. @throws Fault `data-foreign` */
  take(serverId: ServerId, operationId: OperationId, lent: Lent): void {
    const there = this.#directories.get(serverId);
    if (there?.copiedBy === operationId) return;
    if (there) throw new Fault('data-foreign', `${this.directory(serverId)} is there already. Move it away, and start the server again.`);
    const volumes = [...lent.volumes].map(([name, volume]): [string, Volume] => [name, { ...volume }]);
    const installed = lent.installed ? { operationId, failure: null } : null;
    this.#directories.set(serverId, { ...newDirectory(), volumes: new Map(volumes), installed, copiedBy: operationId });
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

  /**
   * What came of an install script, which has put something into the volume when it ended well; nothing to do when that stands.
   * @throws Fault `install-failed` when this operation's has failed
   */
  install(serverId: ServerId, volume: string, { operationId, again, failure }: Installing): void {
    this.guard(serverId, { volumes: [volume], make: false, allowEmptyData: false });
    const directory = this.#directories.get(serverId);
    if (!directory) return;
    const { installed } = directory;
    const own = installed?.operationId === operationId;
    if (!installed || (!own && (again || installed.failure !== null))) {
      directory.installed = { operationId, failure };
      if (failure === null) this.open(serverId, [volume]);
    }
    if (directory.installed?.failure) throw new Fault('install-failed', directory.installed.failure);
  }

  /** Keeps the manifest: the container that was recorded last, and what it was made from. */
  record(serverId: ServerId, { id: containerId, spec }: { readonly id: string; readonly spec: ContainerSpec }): void {
    const directory = this.#directories.get(serverId);
    if (directory) directory.manifest = { containerId, spec: kept(spec) };
  }

  /** What the manifests say, for an agent that starts. */
  recorded(): Map<ServerId, string> {
    return new Map(
      [...this.#directories].flatMap(([id, { manifest }]) => (manifest === null ? [] : [[id, manifest.containerId] as const])),
    );
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

function refusalOf(finding: Exclude<Finding, { kind: 'sound' }>): Refusal {
  return { code: finding.kind === 'missing' ? 'data-missing' : 'data-foreign', detail: finding.detail };
}

function faultOf(finding: Exclude<Finding, { kind: 'sound' }>): Fault {
  const { code, detail } = refusalOf(finding);
  const advice = code === 'data-missing' ? ' Put it back, or start with allowEmptyData to begin an empty world.' : '';
  return new Fault(code, detail + advice);
}
