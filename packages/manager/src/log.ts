// The log: one JSON line an entry, on standard error, so that standard output stays for what was asked for.

import { type Logger, pino } from 'pino';

/** @param level pino's: trace, debug, info, warn, error, fatal, silent */
export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: pino.stdSerializers.err, cause: pino.stdSerializers.err },
    },
    pino.destination(2),
  );
}
