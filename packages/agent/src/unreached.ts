// Why the manager was not reached: the innermost reason in one line, and what would help where that is known.

/** What Node calls a certificate that no authority known here has signed. */
const unknownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

export function whyUnreached(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return whyUnreached(error.cause);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || !unknownAuthority.has(code)) return message || (code ?? error.name);
  return `${message}: its certificate is of an authority that is not known here. Start this agent with NODE_EXTRA_CA_CERTS=/path/to/that/authority.pem`;
}
