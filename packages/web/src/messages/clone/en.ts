// What the form of a clone says, in English.

export const en = {
  of: (server: string) => `A clone of ${server}.`,
  detail: 'Its settings come along as they are; once it is made, change what you like.',
  along: 'What comes along',
  copy: 'Settings and data',
  copyDetail: (size: string | null) =>
    size === null
      ? 'The clone begins with a copy of its world.'
      : `The clone begins with a copy of its world: ${size} when it was last measured.`,
  copyGone: 'It has no data that could be copied.',
  none: 'Settings only',
  noneDetail: 'The clone begins with an empty world.',
  meanwhile: 'While the data is copied',
  stop: (server: string) => `${server} is stopped`,
  stopDetail: 'With its usual time to save; whoever is on it is disconnected. It is started again as soon as the copy is whole.',
  live: (server: string) => `${server} goes on running`,
  liveDetail: 'Nobody is disconnected. The clone may not be whole.',
  liveWarning:
    'What it writes meanwhile may be torn in the clone, as after a power cut: a region by halves, a database that needs repair. The clone’s history will say that it was copied so.',
  rests: (server: string) => `${server} does not run now, and stays as it is until the copy is whole.`,
  far: (host: string) =>
    `The data goes to ${host} through the manager: some tens of MB a second at best, less over a slow line. When the line breaks it goes on from there.`,
  secrets: 'Secrets',
  secretsHint: 'They are kept, and shown to nobody. Tick those that are to be made anew.',
  newSecret: (name: string) => `Make ${name} anew`,
  submit: 'Clone',
  loading: 'Loading the server…',
  unknown: 'There is no such server',
  unknownDetail: 'It was purged, or the address is not whole. Choose the server to clone from the list.',
};
