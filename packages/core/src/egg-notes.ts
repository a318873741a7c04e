// What of an egg has no counterpart here: each kind with the sentence that says so.

/** What of an egg has no counterpart, each with the sentence that says so. */
export const notes = {
  author: (value: string) => `The author, ${value}, is not kept.`,
  'update-url': (value: string) => `It is not updated from ${value} by itself.`,
  features: (value: string) => `The panel’s own feature “${value}” does not exist here.`,
  'file-denylist': (value: string) => `“${value}” is not kept from being edited.`,
  logs: (value: string) => `Its own log file is not read: ${value}. What it prints is.`,
  'user-interaction': (value: string) => `“${value}” in the log is not pointed out.`,
  ports: (value: string) => `No port is opened for ${value}. Add one to the template where players need it.`,
  image: (value: string) => `“${value}” is not an image reference.`,
  rule: (value: string) => `The rule “${value}” is not checked.`,
  default: (value: string) => `The default “${value}” is left out: its own rules refuse it.`,
  'secret-default': (value: string) => `The default of ${value} is left out: it is a secret, and each server is given its own.`,
  hidden: (value: string) => `${value} is hidden from its players there; here whoever sees the server sees it.`,
  condition: (value: string) => `The condition “${value}” cannot be looked for, and what stands under it is left out.`,
  startup: (value: string) => `The egg has no startup. Write one into ${value} of the template.`,
  renamed: (value: string) => `The name is taken here; it is now ${value}. A script that uses the old name does not find it.`,
  name: (value: string) => `“${value}” cannot be the name of a variable, or is there twice.`,
  'stop-kill': (value: string) => `“${value}” would kill it at once; it is sent SIGINT, and killed only when its time is over.`,
  ready: (value: string) => `“${value}” is not a pattern that can be looked for in its log.`,
  parser: (value: string) => `There is no editor for “${value}” files.`,
  file: (value: string) => `“${value}” is not the path of a file in its volume.`,
  address: (value: string) =>
    `“${value}” is 0.0.0.0 here: every address of the container. Where the world is told of it, write the host’s own.`,
  placeholder: (value: string) => `“${value}” is not known here, and what it stands in is left out.`,
  setting: (value: string) => `“${value}” has a form that cannot be set.`,
  environment: (value: string) => `The panel’s own variable ${value} is not set here.`,
  unknown: (value: string) => `“${value}” is not a field of an egg that is known here.`,
} as const satisfies Record<string, (value: string) => string>;

export type NoteCode = keyof typeof notes;
export const noteCodes = Object.keys(notes) as [NoteCode, ...NoteCode[]];

export interface Note {
  readonly code: NoteCode;
  /** Where it stands in the egg. */
  readonly field: string;
  readonly value: string;
}

export type Noter = (code: NoteCode, field: string, value: string) => void;
