// Whether two engine ids are of one engine. An id is the engine's own, and behind a slash what its storage is known by: some
// engines keep their own id apart from their storage, and on a storage that is new they know of no container.

/** What either does not tell of its storage cannot differ: an older agent told the engine's own id alone. */
export function sameEngine(one: string, other: string): boolean {
  return one === other || tells(one, other) || tells(other, one);
}

/** Whether `more` is `less` and tells of its storage besides. */
export const tells = (more: string, less: string): boolean => !less.includes('/') && more.startsWith(`${less}/`);
