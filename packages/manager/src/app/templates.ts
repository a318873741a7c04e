// Templates: those that come with Mainstay, which nobody changes here, and those that people made, every version of which
// is kept. A server remembers what it was made from, whatever becomes of that later.

import { Fault } from '@mainstay/core/fault';
import { innermost, pointerOf } from '@mainstay/wire/problem';
import type { TemplateBody, TemplateHead, TemplateShown } from '@mainstay/wire/templates';
import { templateBody } from '@mainstay/wire/templates';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { BuiltIn } from '../built-ins.ts';
import { newId } from '../random.ts';
import type { TemplateVersionRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import { badPatterns, yamlOf } from '../template-text.ts';
import type { World } from '../world.ts';
import { change } from './journal.ts';

/** What a newcomer begins with stands first. */
const firstId = 'sample';

/** All of them: built-in ones by their ids, then people's by name. */
export async function listTemplates(world: World): Promise<TemplateHead[]> {
  const builtIns = world.builtIns.toSorted((a, b) => Number(b.id === firstId) - Number(a.id === firstId));
  const rows = await newestVersions(world.store.db);
  const own = rows.map((row) => headOf(world, row)).sort((a, b) => a.name.localeCompare(b.name));
  return [...builtIns.map(headOfBuiltIn), ...own];
}

/** @throws Fault `not-found`, `template-broken` with its text */
export async function getTemplate(world: World, id: string, version?: number): Promise<TemplateShown> {
  const builtIn = world.builtIns.find((each) => each.id === id);
  if (builtIn) {
    if (version !== undefined && version !== builtIn.version) throw noVersion(version, builtIn.version);
    return { ...headOfBuiltIn(builtIn), newest: builtIn.version, versions: [], template: builtIn.template, yaml: yamlOf(builtIn.template) };
  }
  const rows = await versionsOf(world.store.db, id);
  const [newest] = rows;
  if (!newest) throw noTemplate();
  const row = version === undefined ? newest : rows.find((each) => each.version === version);
  if (!row) throw noVersion(version ?? 0, newest.version);
  const read = readBody(row);
  if (read.kind === 'broken') {
    throw new Fault(
      'template-broken',
      `Version ${row.version} cannot be read by this Mainstay: ${read.why}. Import its text anew, with that mended, or take another version.`,
      { extra: { text: read.text, name: read.name, newest: newest.version } },
    );
  }
  const { template } = read;
  return {
    ...headOf(world, row),
    newest: newest.version,
    versions: rows.map((each) => ({ version: each.version, savedAt: each.saved_at, savedBy: each.saved_by })),
    template,
    yaml: yamlOf(template),
  };
}

export async function createTemplate(world: World, who: string, template: TemplateBody): Promise<TemplateShown> {
  refuseBadPatterns(template);
  const id = newId<string>();
  await change(world, async ({ writer, at, append }) => {
    await writer.insertInto('templates').values({ id, newest: 1, created_at: at }).execute();
    await writer
      .insertInto('template_versions')
      .values(rowOf(id, 1, template, at, who))
      .execute();
    await append({ cause: { by: 'person', who }, happening: { kind: 'template-saved', templateId: id, name: template.name, version: 1 } });
  });
  return getTemplate(world, id);
}

/**
 * Saves a template as its next version.
 * @param from the version that the editing began from
 * @throws Fault `not-found`, `read-only`, `stale-revision`
 */
export async function saveTemplate(world: World, who: string, id: string, template: TemplateBody, from: number): Promise<TemplateShown> {
  refuseBadPatterns(template);
  refuseBuiltIn(world, id);
  await change(world, async ({ writer, at, append }) => {
    const [newest] = await versionsOf(writer, id);
    if (!newest) throw noTemplate();
    if (newest.version !== from) {
      throw new Fault(
        'stale-revision',
        `It was changed meanwhile: it is at version ${newest.version}, you began from ${from}. Look at it again.`,
      );
    }
    const version = from + 1;
    await writer.updateTable('templates').set({ newest: version }).where('id', '=', id).execute();
    await writer
      .insertInto('template_versions')
      .values(rowOf(id, version, template, at, who))
      .execute();
    await append({ cause: { by: 'person', who }, happening: { kind: 'template-saved', templateId: id, name: template.name, version } });
  });
  return getTemplate(world, id);
}

/** Forgets a template with all its versions. Servers made from it stay as they are. @throws Fault `not-found`, `read-only` */
export async function removeTemplate(world: World, who: string, id: string): Promise<void> {
  refuseBuiltIn(world, id);
  await change(world, async ({ writer, append }) => {
    const [newest] = await versionsOf(writer, id);
    if (!newest) throw noTemplate();
    await writer.deleteFrom('templates').where('id', '=', id).execute();
    await append({
      cause: { by: 'person', who },
      happening: { kind: 'template-removed', templateId: id, name: headOf(world, newest).name },
    });
  });
}

const noTemplate = () => new Fault('not-found', 'There is no template with this id.');
const noVersion = (version: number, newest: number) =>
  new Fault('not-found', `There is no version ${version} of this template; its newest is ${newest}.`);

function refuseBuiltIn(world: World, id: string): void {
  if (!world.builtIns.some((each) => each.id === id)) return;
  throw new Fault('read-only', 'This template comes with Mainstay and is not changed here. Save a copy of it as your own.');
}

function refuseBadPatterns(template: TemplateBody): void {
  const errors = badPatterns(template).map(({ path, message }) => ({ path: `/template/${path.join('/')}`, message }));
  const [first] = errors;
  if (first) throw new Fault('invalid-request', `body${first.path}: ${first.message}`, { extra: { errors } });
}

type Read =
  | { readonly kind: 'read'; readonly template: TemplateBody }
  | { readonly kind: 'broken'; readonly name: string; readonly why: string; readonly text: string };

/** What was stored by an older Mainstay may be none by today's rules: that is told of, and takes nothing else along. */
function readBody(row: TemplateVersionRow): Read {
  try {
    const stored: unknown = JSON.parse(row.body_json);
    const { data, error } = templateBody.safeParse(stored);
    if (data) return { kind: 'read', template: data };
    const [first] = error.issues.flatMap(innermost);
    const why = first ? `${pointerOf(first.path)}: ${first.message}` : 'it is none';
    return { kind: 'broken', name: nameIn(stored) ?? row.template_id, why: why.replace(/\.$/, ''), text: stringify(stored) };
  } catch {
    return { kind: 'broken', name: row.template_id, why: 'it is no JSON', text: row.body_json };
  }
}

const anyName = z.looseObject({ name: z.string().min(1) });
const nameIn = (stored: unknown): string | null => anyName.safeParse(stored).data?.name ?? null;

/** Versions that were told of in the log. */
const told = new Set<string>();

function rowOf(id: string, version: number, template: TemplateBody, at: number, who: string): TemplateVersionRow {
  return { template_id: id, version, body_json: JSON.stringify(template), saved_at: at, saved_by: who };
}

/** Newest first. */
function versionsOf(reader: Reader, id: string): Promise<TemplateVersionRow[]> {
  return reader.selectFrom('template_versions').selectAll().where('template_id', '=', id).orderBy('version', 'desc').execute();
}

function newestVersions(reader: Reader): Promise<TemplateVersionRow[]> {
  return reader
    .selectFrom('template_versions')
    .innerJoin('templates', (join) =>
      join.onRef('templates.id', '=', 'template_versions.template_id').onRef('templates.newest', '=', 'template_versions.version'),
    )
    .selectAll('template_versions')
    .execute();
}

function headOf({ log }: Pick<World, 'log'>, row: TemplateVersionRow): TemplateHead {
  const read = readBody(row);
  const key = `${row.template_id} ${row.version}`;
  if (read.kind === 'broken' && !told.has(key)) {
    told.add(key);
    log.error({ templateId: row.template_id, version: row.version, why: read.why }, 'a stored template cannot be read');
  }
  return {
    ...(read.kind === 'read'
      ? wordsOf(read.template)
      : { name: read.name, description: read.why, experimental: false, image: '', broken: true }),
    id: row.template_id,
    builtIn: false,
    version: row.version,
    savedAt: row.saved_at,
    savedBy: row.saved_by,
  };
}

function headOfBuiltIn({ id, version, template }: BuiltIn): TemplateHead {
  return { ...wordsOf(template), id, builtIn: true, version, savedAt: null, savedBy: null };
}

function wordsOf({ name, description, experimental, server }: TemplateBody) {
  return { name, description, experimental, image: server.image, broken: false };
}
