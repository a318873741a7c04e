// E-mail by SMTP. With TLS the server's certificate is always verified, by the name that was given for it; the
// connection is made to a checked address like every other.

import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import { connectTo } from '../../outgoing/connect.ts';
import { delivered, later, never, type Outcome, outcomeOfError } from '../outcome.ts';
import type { Sender } from './sender.ts';

/** A mail server may think a while about who writes. */
const acceptedWithinMs = 30_000;

export const sendEmail: Sender<'email'> = async (channel, message, { signal, resolve }) => {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(acceptedWithinMs)]);
  const connection = await connectTo(channel.host, channel.port, { allowPrivate: channel.allowPrivate, signal: limit, resolve });
  const transport = createTransport({
    connection,
    host: channel.host,
    port: channel.port,
    secure: channel.security === 'tls',
    requireTLS: channel.security === 'starttls',
    ignoreTLS: channel.security === 'none',
    ...(isIP(channel.host) ? {} : { servername: channel.host }),
    ...(channel.user === null || channel.password === null ? {} : { auth: { user: channel.user, pass: channel.password } }),
    connectionTimeout: acceptedWithinMs,
    greetingTimeout: acceptedWithinMs,
    socketTimeout: acceptedWithinMs,
    maxResponseSize: 16 * 1024,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: { name: 'Mainstay', address: channel.from },
      to: [...channel.to],
      subject: message.title,
      text: `${message.text}\n${message.link === null ? '' : `\n${message.link}\n`}`,
      // The same in every try: a mail server, or a reader, can drop what comes twice.
      messageId: `<${message.id}@mainstay>`,
      headers: { 'auto-submitted': 'auto-generated' },
    });
    return delivered('The mail server took it.', null);
  } catch (error) {
    return limit.aborted ? outcomeOfError(limit.reason) : outcomeOfMail(error);
  } finally {
    transport.close();
    connection.destroy();
  }
};

/** As much of the library's errors as matters here. */
interface MailError {
  readonly code?: string;
  /** Node's own code, of an error beneath SMTP. */
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

function outcomeOfMail(error: unknown): Outcome {
  const { code, originalCode, responseCode, response } = error as MailError;
  if (code === 'ETLS' && originalCode === undefined) return later('The mail server offers no TLS there.', { down: true });
  if (responseCode === undefined) return outcomeOfError({ code: originalCode ?? code });
  const said = (response ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  const detail = said ? `The mail server answered: ${said}` : `The mail server answered ${responseCode}.`;
  // RFC 5321: 5xx stays so; 503 is about the session, not about the mail.
  return responseCode >= 500 && responseCode !== 503 ? never(detail, { responseCode }) : later(detail, { responseCode, down: true });
}
