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

/** The name that a text is made of and nothing else; null: it is more, or none. */
export function onlyPlaceholder(text: string): string | null {
  const [name] = placeholdersIn(text);
  return name !== undefined && replacePlaceholders(text.trim(), () => '') === '' ? name : null;
}

/** What is known of a server when its container is made. */
export interface ServerFacts {
  readonly name: string;
  readonly limits: { readonly memoryMb: number | null };
  readonly ports: readonly { readonly name: string; readonly containerPort: number; readonly hostPort?: number | undefined }[];
}

/** What can be said of a server in a placeholder: `server.name`, `server.memory`, `server.port.NAME`, `server.hostPort.NAME`. */
export function serverPlaceholder(name: string, facts: ServerFacts): string | null {
  const [first, what, ...rest] = name.split('.');
  if (first !== 'server') return null;
  if (what === 'name' && rest.length === 0) return facts.name;
  if (what === 'memory' && rest.length === 0) return facts.limits.memoryMb === null ? '0' : String(facts.limits.memoryMb);
  const port = facts.ports.find((each) => each.name === rest.join('.'));
  if (what === 'port') return port ? String(port.containerPort) : null;
  if (what === 'hostPort') return port?.hostPort === undefined ? null : String(port.hostPort);
  return null;
}
