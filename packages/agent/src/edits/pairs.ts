// `properties` and `ini`: lines of a key and its value, in sections or not. A value is replaced where its key stands, a new
// key is added at the end of its section; comments, order and every other line stay as they are.

import { cutLine, type Editor, lineEndOf, linesOf, nextValue, type Setting, textOf } from './edit.ts';

interface Form {
  /** The section and the key that a place names; the section null: none. */
  readonly placeOf: (key: string) => { readonly section: string | null; readonly key: string };
  /** The section that a line begins; null: none. */
  readonly sectionOf: (content: string) => string | null;
  /** A pair in a line: the key, and where its value begins, null where nothing parts the two; null: it is none. */
  readonly pairOf: (content: string) => { readonly key: string; readonly valueAt: number | null } | null;
  /** Whether the line goes on in the next one. */
  readonly goesOn: (content: string) => boolean;
  readonly write: (value: string) => string;
  readonly read: (written: string) => string;
  readonly pair: (key: string, value: string) => string;
}

const properties: Form = {
  placeOf: (key) => ({ section: null, key }),
  sectionOf: () => null,
  pairOf(content) {
    const [whole, key = '', parted = ''] = /^\s*((?:\\.|[^\\\s=:#!])(?:\\.|[^\\\s=:])*)(\s*[=:]\s*|\s+|$)/.exec(content) ?? [];
    return whole === undefined ? null : { key: unescaped(key), valueAt: parted === '' ? null : whole.length };
  },
  goesOn: (content) => /(?:^|[^\\])(?:\\\\)*\\$/.test(content),
  write: (value) => escaped(value).replace(/^ /, '\\ '),
  read: unescaped,
  pair: (key, value) => `${escaped(key).replace(/[\s=:#!]/g, '\\$&')}=${value}`,
};

const ini: Form = {
  placeOf(written) {
    const [, bracketed, inside] = /^\[([^\]]*)\]\.(.+)$/.exec(written) ?? [];
    if (bracketed !== undefined && inside !== undefined) return { section: bracketed, key: inside };
    const dot = written.indexOf('.');
    return dot === -1 ? { section: null, key: written } : { section: written.slice(0, dot), key: written.slice(dot + 1) };
  },
  sectionOf: (content) => /^\s*\[([^\]]*)\]/.exec(content)?.[1]?.trim() ?? null,
  pairOf(content) {
    const [whole, key = ''] = /^\s*([^\s=:;#[][^=:]*?)\s*[=:][ \t]*/.exec(content) ?? [];
    return whole === undefined ? null : { key, valueAt: whole.length };
  },
  goesOn: () => false,
  write: (value) => value.trim(),
  read: (written) => written,
  pair: (key, value) => `${key}=${value}`,
};

export const editProperties: Editor = (text, settings) => edit(text, settings, properties);
export const editIni: Editor = (text, settings) => edit(text, settings, ini);

function edit(text: string, settings: Record<string, Setting>, form: Form): string {
  const wanted = Object.entries(settings).map(([written, setting]) => ({ ...form.placeOf(written), setting, found: false }));
  const lines = linesOf(text);
  const result: string[] = [];
  /** Behind which line of the result each section ends. */
  const ends = new Map<string | null, number>([[null, 0]]);
  let section: string | null = null;
  for (let at = 0; at < lines.length; at += 1) {
    const [content, end] = cutLine(lines[at] ?? '');
    section = form.sectionOf(content) ?? section;
    const pair = form.sectionOf(content) === null ? form.pairOf(content) : null;
    const own = pair && wanted.find((each) => each.section === section && each.key === pair.key);
    if (!pair || !own) {
      result.push(content + end);
    } else {
      own.found = true;
      const following: string[] = [];
      let last = content;
      while (form.goesOn(last) && at + following.length + 1 < lines.length) {
        last = cutLine(lines[at + following.length + 1] ?? '')[0];
        following.push(lines[at + following.length + 1] ?? '');
      }
      const valueAt = pair.valueAt ?? content.length;
      const written = [content.slice(valueAt), ...following.map((line) => cutLine(line)[0])].map((part) => part.replace(/^\s+/, ''));
      const next = nextValue(own.setting, form.read(written.map((part, n) => (n < following.length ? part.slice(0, -1) : part)).join('')));
      if (next === undefined) result.push(content + end, ...following);
      else if (pair.valueAt === null) result.push(form.pair(pair.key, form.write(textOf(next))) + (end || lineEndOf(text)));
      else result.push(content.slice(0, valueAt) + form.write(textOf(next)) + (end || lineEndOf(text)));
      at += following.length;
    }
    if (content.trim() !== '') ends.set(section, result.length);
  }
  return added(result, wanted, ends, lineEndOf(text), form);
}

/** Puts what was not found behind its section. */
function added(
  lines: readonly string[],
  wanted: readonly { readonly section: string | null; readonly key: string; readonly setting: Setting; readonly found: boolean }[],
  ends: ReadonlyMap<string | null, number>,
  lineEnd: string,
  form: Form,
): string {
  const missing = wanted.flatMap(({ section, key, setting, found }) => {
    const value = found ? undefined : nextValue(setting, null);
    return value === undefined ? [] : [{ section, line: form.pair(key, form.write(textOf(value))) + lineEnd }];
  });
  const bySection = Map.groupBy(missing, ({ section }) => section);
  const ended = (line: string) => (line === '' || line.endsWith('\n') ? line : line + lineEnd);
  let result = '';
  for (let at = 0; at <= lines.length; at += 1) {
    for (const [section, pairs] of bySection) {
      if (ends.get(section) === at) result = ended(result) + pairs.map(({ line }) => line).join('');
    }
    result += lines[at] ?? '';
  }
  for (const [section, pairs] of bySection) {
    if (ends.has(section)) continue;
    result = `${ended(result)}${result === '' ? '' : lineEnd}[${section}]${lineEnd}${pairs.map(({ line }) => line).join('')}`;
  }
  return result;
}

/** Beyond ASCII as `\uXXXX`, which every reader of properties takes. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(/\t/g, '\\t')
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function unescaped(written: string): string {
  return written.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, character: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return { n: '\n', r: '\r', t: '\t', f: '\f' }[character ?? ''] ?? character ?? '';
  });
}
