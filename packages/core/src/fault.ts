// Every error that Mainstay tells anybody, by its code: its HTTP status and its title. A fault carries two messages:
// `detail` for the caller, saying what to do, and `internal` for the operator's log, never sent out.
// A refusal (status < 500) is expected and changes nothing; the rest is the world failing.

export const faults = {
  'invalid-request':        { status: 400, title: 'The request is not valid' },
  'unauthenticated':        { status: 401, title: 'Sign in first' },
  'second-factor':          { status: 401, title: 'A second factor is needed' },
  'sso-failed':             { status: 401, title: 'The sign-on did not succeed' },
  'sign-in-again':          { status: 403, title: 'Sign in again first' },
  'forbidden':              { status: 403, title: 'Not allowed' },
  'not-found':              { status: 404, title: 'Not found' },
  'not-allowed-in-state':   { status: 409, title: 'Not possible in this state' },
  'operation-in-progress':  { status: 409, title: 'Another operation is in progress' },
  'not-cancellable':        { status: 409, title: 'It cannot be cancelled any more' },
  'name-taken':             { status: 409, title: 'The name is taken' },
  'port-taken':             { status: 409, title: 'The port is taken' },
  'ports-exhausted':        { status: 409, title: 'No free port is left' },
  'no-host':                { status: 409, title: 'There is no host to choose' },
  'host-draining':          { status: 409, title: 'The host takes no new servers' },
  'host-not-empty':         { status: 409, title: 'The host still has servers' },
  'server-there':           { status: 409, title: 'The server is still there' },
  'read-only':              { status: 409, title: 'It is not changed here' },
  'template-broken':        { status: 409, title: 'The template cannot be read' },
  'stale-revision':         { status: 409, title: 'It was changed meanwhile' },
  'data-missing':           { status: 409, title: 'The data is gone' },
  'data-foreign':           { status: 409, title: 'The data is not this server’s' },
  'data-unwritable':        { status: 409, title: 'The data cannot be written' },
  'copy-failed':            { status: 409, title: 'The data could not be copied' },
  'quota-exceeded':         { status: 409, title: 'The data is over its quota' },
  'payload-too-large':      { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key was used for another request' },
  'rate-limited':           { status: 429, title: 'Too many attempts' },
  'last-owner':             { status: 409, title: 'There must be an owner' },
  'channel-in-use':         { status: 409, title: 'A rule uses the channel' },
  'forbidden-address':      { status: 409, title: 'The address is not allowed' },
  'cancelled':              { status: 409, title: 'It was cancelled' },
  'refused-by-host':        { status: 409, title: 'The host refuses this' },
  'image-unavailable':      { status: 409, title: 'The image cannot be had' },
  'console-unavailable':    { status: 409, title: 'The console does not take it' },
  'container-gone':         { status: 409, title: 'The container is gone' },
  'container-name-taken':   { status: 409, title: 'Another container has this name' },
  'container-failed':       { status: 409, title: 'The container could not be started' },
  'install-failed':         { status: 409, title: 'The install script failed' },
  'file-not-edited':        { status: 409, title: 'A file cannot be edited' },
  'internal':               { status: 500, title: 'Something broke on our side' },
  'engine-unreachable':     { status: 503, title: 'The host’s Docker engine does not answer' },
  'engine-failed':          { status: 502, title: 'The Docker engine answered with an error' },
  'host-away':              { status: 503, title: 'The host is away' },
  'record-unwritable':      { status: 503, title: 'The record cannot be written' },
  'shutting-down':          { status: 503, title: 'The manager is stopping' },
} as const satisfies Record<string, { status: number; title: string }>;

export type FaultCode = keyof typeof faults;

export const faultCodes = Object.keys(faults) as FaultCode[];

/** An error with a code from the table. `extra` holds what a caller can use: the open operation's id, the field at fault. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly detail: string;
  readonly internal: string | undefined;
  readonly extra: Readonly<Record<string, unknown>>;

  /**
   * @param detail one or two sentences for the caller: what is wrong and what to do
   * @param options.internal what only the operator may see
   */
  constructor(code: FaultCode, detail: string, options: { internal?: string; extra?: Record<string, unknown>; cause?: unknown } = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.detail = detail;
    this.internal = options.internal;
    this.extra = options.extra ?? {};
  }
}

/**
 * Whether an operation that met this fault should wait and try the step again: the world may mend by itself.
 * Not `engine-failed`: an engine that answers, answers the same the next time.
 */
export function passes(code: FaultCode): boolean {
  return code === 'host-away' || code === 'engine-unreachable' || code === 'shutting-down';
}

/** Whether a fault is the world guard's or the host's refusal, which leaves a server as it was found. */
export function refuses(code: FaultCode): boolean {
  return code === 'data-missing' || code === 'data-foreign' || code === 'refused-by-host';
}
