// Where somebody was going when they left for the identity provider: this tab keeps it until they are back.

const key = 'mainstay.wanted';

export function keepWanted(to: string | undefined): void {
  if (to === undefined) sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, to);
}

/** As it was kept, this once. */
export function takeWanted(): string | null {
  const to = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  return to;
}
