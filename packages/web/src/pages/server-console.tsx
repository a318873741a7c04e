// A server's console. The terminal is loaded with this page, and with no other.

import { ConsolePanel } from '../parts/console-panel.tsx';
import { useServer } from '../parts/current-server.ts';

export function ServerConsolePage() {
  const server = useServer();
  return <ConsolePanel key={server.id} server={server} />;
}
