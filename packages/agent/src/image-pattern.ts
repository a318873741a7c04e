// Patterns of images, as a policy writes them: registry, repository, tag and digest are held against those of a reference part by
// part, so that what a `*` stands for in one never reaches into another. Pure.

/** `[registry/]repository[:tag][@digest]`. */
interface Parts {
  /** null: none is named. */
  readonly registry: string | null;
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** The registry that the engine asks where a reference names none. */
const usualRegistry = 'docker.io';

/** Whether an image is one of those that the pattern stands for. Both as people write them. */
export function standsFor(pattern: string, image: string): boolean {
  const [wanted, given] = [partsOf(pattern), partsOf(image)];
  return isOf(wanted, given) && isVersion(wanted, given);
}

/** Registry and repository. A pattern without a registry means the usual one, unless it begins with `*`: then any. */
function isOf({ registry, repository }: Parts, given: Parts): boolean {
  const host = given.registry ?? usualRegistry;
  const names = host === usualRegistry ? shortAndLong(given.repository) : [given.repository];
  if (registry === null && repository.startsWith('*')) {
    return [given.repository, ...names.map((name) => `${host}/${name}`)].some((name) => fits(repository, name));
  }
  return fits(registry ?? usualRegistry, host) && names.some((name) => fits(repository, name));
}

/** An official image has two names: with the account that the engine adds, and without. */
function shortAndLong(repository: string): string[] {
  const official = /^library\/([^/]+)$/.exec(repository)?.[1];
  if (official !== undefined) return [repository, official];
  return repository.includes('/') ? [repository] : [repository, `library/${repository}`];
}

/**
 * Tag and digest. A pattern that names neither means every one. Beside a digest the engine does not read the tag, so that a tag
 * alone lets no digest in: it would be any image that the repository ever had.
 */
function isVersion(wanted: Parts, given: Parts): boolean {
  if (wanted.tag === null && wanted.digest === null) return true;
  if (wanted.digest === null ? given.digest !== null : given.digest === null || !fits(wanted.digest, given.digest)) return false;
  return wanted.tag === null || fits(wanted.tag, given.tag ?? (given.digest === null ? 'latest' : ''));
}

function partsOf(reference: string): Parts {
  const [named = '', digest = null] = reference.split('@', 2);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const [name, tag] = colon === -1 ? [named, null] : [named.slice(0, colon), named.slice(colon + 1)];
  const slash = name.indexOf('/');
  const first = name.slice(0, slash);
  const hasRegistry = slash !== -1 && (/[.:]/.test(first) || first === 'localhost');
  return { registry: hasRegistry ? first : null, repository: hasRegistry ? name.slice(slash + 1) : name, tag, digest };
}

/** Whether a text is the pattern from its first character to its last. By steps, so that no pattern makes it slow. */
function fits(pattern: string, text: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return text === head;
  if (!text.startsWith(head)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - tail.length >= at && text.endsWith(tail);
}
