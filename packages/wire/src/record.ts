// What a record says beside image, ports and volumes: how its program is shut in, spoken to, installed and set up. Written
// once for servers, templates and the link.

import { capabilities, fileParsers, plainSandbox } from '@mainstay/core/server';
import { z } from 'zod';
import { oneLine } from './common.ts';

export const noNul = /^[^\0]*$/;

export const portNumber = z.int('A port is a whole number.').min(1, 'Ports begin at 1.').max(65535, 'Ports end at 65535.');
export const label = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, 'Use 1 to 32 lower-case letters, digits or inner hyphens.');
export const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,127}$/, 'Not the name of an environment variable.');
export const memoryMb = z.int('Whole MiB.').min(6, 'The engine asks for 6 MiB at least.').max(4_194_304, 'At most 4 TiB.');
export const cpus = z.number('A number of cores.').min(0.01, 'At least 0.01 of a core.').max(1024, 'At most 1024 cores.');

/** An image reference as the engine takes it: `repository[:tag][@digest]`, no spaces or control characters. */
export const imageReference = z
  .string()
  .min(1, 'Name an image.')
  .max(255)
  .regex(
    /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?::\d{1,5}(?=\/))?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
    'Not an image reference such as itzg/minecraft-server:latest.',
  );

/** A path inside the container: absolute, normal, not the root, and nowhere that would hide the system from the program. */
export const containerPath = oneLine(512)
  .regex(/^\//, 'Begin with a slash.')
  .refine((path) => path !== '/' && isNormal(path.slice(1)), 'Not a normal absolute path such as /data.')
  .refine((path) => !/^\/(?:proc|sys|dev)(?:\/|$)/.test(path), 'Not below /proc, /sys or /dev.')
  .refine((path) => !path.includes(':'), 'No colon is possible here.');

const isNormal = (path: string): boolean => !path.split('/').some((part) => part === '' || part === '.' || part === '..');

export const volume = z.strictObject({ name: label, containerPath });

/** What a console sends to a server: one line, without its line feed. */
export const consoleLine = oneLine(1000).min(1, 'Type a command.');

const stopCommand = consoleLine
  .nullable()
  .default(null)
  .meta({ description: 'Asks it to save and end, before its stop signal does; null: none' });

/** How commands reach the program. A change takes effect at once. */
export const consoleSettings = z.discriminatedUnion('via', [
  z.strictObject({ via: z.literal('stdin'), stopCommand }).meta({ description: 'One line each to its standard input' }),
  z
    .strictObject({
      via: z.literal('rcon'),
      containerPort: portNumber,
      passwordEnv: envName.meta({ description: 'The variable of its environment that holds the password' }),
      stopCommand,
    })
    .meta({ description: 'Source RCON, on a port inside the container; it needs not be published' }),
  z.strictObject({ via: z.literal('none') }).meta({ description: 'It takes no commands' }),
]);

const stopSignal = z
  .string()
  .regex(/^SIG[A-Z0-9+-]{1,12}$/, 'A signal’s name, such as SIGTERM.')
  .nullable()
  .meta({ description: 'null: the image’s own' });
const graceSeconds = z.int('Whole seconds.').min(0, 'Not less than 0.').max(3600, 'At most an hour, 3600 s.').meta({
  description: 'How long the program may take to save and end, on its stop command and once more on its signal, before it is killed',
});

export const stopShape = { signal: stopSignal, graceSeconds };
export const stop = z.strictObject({ signal: stopSignal.default(null), graceSeconds: graceSeconds.default(30) });

const tmpfs = z.strictObject({
  containerPath,
  sizeMb: z.int('Whole MiB.').min(1, 'At least 1 MiB.').max(65_536, 'At most 64 GiB.'),
});

const sandboxShape = {
  user: z
    .string()
    .regex(/^(?:\d{1,9}|[a-z_][a-z0-9_-]{0,31})(?::(?:\d{1,9}|[a-z_][a-z0-9_-]{0,31}))?$/, 'A user such as 1000, 1000:1000 or games.')
    .nullable()
    .default(plainSandbox.user)
    .meta({ description: 'null: the image’s own' }),
  workingDir: containerPath.nullable().default(plainSandbox.workingDir).meta({ description: 'null: the image’s own' }),
  tty: z.boolean().default(plainSandbox.tty).meta({ description: 'Whether it gets a terminal' }),
  readOnlyRoot: z.boolean().default(plainSandbox.readOnlyRoot).meta({ description: 'Nothing but volumes and tmpfs can be written to' }),
  tmpfs: z.array(tmpfs).max(8).readonly().default([]).meta({ description: 'Directories in memory, empty at each start' }),
  capAdd: z
    .array(z.enum(capabilities, `No other capability than ${capabilities.join(', ')} is given.`))
    .max(capabilities.length)
    .readonly()
    .default([]),
};

/** How the program is set up and shut in. */
export const sandbox = z.strictObject(sandboxShape);
export const sandboxByDefault = sandbox.default({ ...plainSandbox, tmpfs: [], capAdd: [] });

export const readyLine = z.strictObject({
  line: oneLine(500).min(1, 'What does it say?'),
  regex: z.boolean().default(false).meta({ description: 'Whether it is a pattern (RE2); else a part of the line' }),
});

export const installStep = z.strictObject({
  volume: label.meta({ description: 'The volume that the script finds at /mnt/server' }),
  image: imageReference,
  entrypoint: z
    .string()
    .max(200)
    .regex(/^[\w./-]+(?: [\w./=:+-]+)*$/, 'A program with its arguments, such as bash.')
    .meta({ description: 'What runs /mnt/install/install.sh' }),
  script: z.string().min(1, 'It has no script.').max(131_072, 'At most 128 KiB.').regex(noNul, 'No NUL character is possible here.'),
});

const filePath = oneLine(512).min(1, 'Name a file.').refine(isNormal, 'A normal path inside the volume, such as config/server.properties.');
const fileText = z.string().max(4096).regex(noNul, 'No NUL character is possible here.');
const fileValue = z.union([fileText, z.number(), z.boolean(), z.null()]);
const fileKey = z.string().max(500);

export const fileEdit = z.strictObject({
  volume: label,
  path: filePath.meta({ description: 'Inside the volume' }),
  parser: z.enum(fileParsers),
  create: z.boolean().default(true).meta({ description: 'Make the file when it is not there, where its form allows that' }),
  find: z
    .record(fileKey, z.union([fileValue, z.record(fileText, fileValue)]))
    .refine((found) => Object.keys(found).length <= 256, 'At most 256 settings.')
    .meta({ description: 'What is set, by its place in the file; an object: by the value that it must have now' }),
});

/** `ready`, `install` and `files` of a record, with what holds when they are left out. */
export const conductShape = {
  ready: readyLine.nullable().default(null).meta({ description: 'What the program says once it can be used; null: not known' }),
  install: installStep.nullable().default(null).meta({ description: 'Puts the program into a volume before the first start' }),
  files: z.array(fileEdit).max(32).default([]).meta({ description: 'Written into the program’s own files before each start' }),
};
