// The kinds of faults, in the order in which docs/reliability.md tells of them. Each is a file here, named like it.

export const kinds = {
  model: {
    title: 'Random histories',
    about:
      'People’s requests, outside `docker` commands, silences and crashes in random order; the lifecycle table says what must come of them.',
  },
  'crash-points': {
    title: 'Crash points',
    about: 'Manager and agent killed (SIGKILL) before and after every step of every operation, as the plans list them.',
  },
  engine: { title: 'The engine', about: 'It goes, hangs, lies, is cut off half way, or is another one.' },
  network: { title: 'The network', about: 'Between manager and agents: partitions, loss, delay, storms.' },
  disk: { title: 'The disk', about: 'Full, read-only, its files gone, broken or of yesterday.' },
  clock: { title: 'The clock', about: 'Set forward and back, on the manager and on a host.' },
  load: { title: 'Load', about: 'Many servers, many clients, slow readers, for long enough that a leak would show.' },
  input: { title: 'Input', about: 'What nobody should send, at every route and every method of the link.' },
  upgrade: { title: 'Upgrades', about: 'Databases and agents of other versions.' },
  installations: { title: 'Several installations', about: 'On one engine; and one identity on two hosts.' },
} as const satisfies Record<string, { readonly title: string; readonly about: string }>;

export type Kind = keyof typeof kinds;
