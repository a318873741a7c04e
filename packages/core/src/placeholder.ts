// Placeholders: `{{NAME}}` in a text, where NAME is a word, or words joined by dots (`{{env.MOTD}}`, `{{server.port.game}}`).
// Braces around anything else are plain text.

const shape = /\{\{\s*([A-Za-z_][\w-]*(?:\.[\w-]+)*)\s*\}\}/g;

/** What a text names, in order. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(shape)].map(([, name = '']) => name);
}

/** @param value what stands for a name; null: it stays as it is written */
export function replacePlaceholders(text: string, value: (name: string) => string | null): string {
  return text.replace(shape, (written, name: string) => value(name) ?? written);
}

/** Braces that begin no placeholder, whatever stands behind them. */
const plainBraces = (text: string): string => text.replaceAll('{', '{{server.brace}}');

/**
 * Fills some names in for good: what comes to stand there, and what it makes together with the text around it, is a text
 * and no placeholder when the rest is filled in later.
 * @param value what stands for a name; null: it is filled in later
 */
export function settlePlaceholders(text: string, value: (name: string) => string | null): string {
  const later = placeholdersIn(text).filter((name) => value(name) === null);
  const filled = replacePlaceholders(text, value);
  if (placeholdersIn(filled).join() === later.join()) return filled;
  let settled = '';
  let from = 0;
  for (const { 0: written, 1: name = '', index } of text.matchAll(shape)) {
    const own = value(name);
    settled += plainBraces(text.slice(from, index)) + (own === null ? written : plainBraces(own));
    from = index + written.length;
  }
  return settled + plainBraces(text.slice(from));
}

/** The name that a text is made of and nothing else; null: it is more, or none. */
export function onlyPlaceholder(text: string): string | null {
  const [name] = placeholdersIn(text);
  return name !== undefined && replacePlaceholders(text.trim(), () => '') === '' ? name : null;
}

/** What is known of a server when its container is made. */
export interface ServerFacts {
  readonly id: string;
  readonly name: string;
  readonly limits: { readonly memoryMb: number | null };
  readonly ports: readonly { readonly name: string; readonly containerPort: number; readonly hostPort?: number | undefined }[];
}

/** What can be said of a server in a placeholder: `server.id`, `server.name`, `server.memory`, `server.port.NAME`, `server.hostPort.NAME`; `server.brace` is `{`. */
export function serverPlaceholder(name: string, facts: ServerFacts): string | null {
  const [first, what, ...rest] = name.split('.');
  if (first !== 'server') return null;
  if (what === 'id' && rest.length === 0) return facts.id;
  if (what === 'name' && rest.length === 0) return facts.name;
  if (what === 'brace' && rest.length === 0) return '{';
  if (what === 'memory' && rest.length === 0) return facts.limits.memoryMb === null ? '0' : String(facts.limits.memoryMb);
  const port = facts.ports.find((each) => each.name === rest.join('.'));
  if (what === 'port') return port ? String(port.containerPort) : null;
  if (what === 'hostPort') return port?.hostPort === undefined ? null : String(port.hostPort);
  return null;
}
