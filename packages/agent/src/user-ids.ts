// A container's user as numbers, where the record has them: on the host its data belongs to these.

/** `1000` or `1000:1000`; null for a name, which only the image knows, and for none. */
export function idsOf(user: string | null): { readonly uid: number; readonly gid: number | null } | null {
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(user ?? '') ?? [];
  return uid === undefined ? null : { uid: Number(uid), gid: gid === undefined ? null : Number(gid) };
}
