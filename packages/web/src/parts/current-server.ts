// The server whose page is open, for the views below its head.

import type { Server } from '@mainstay/wire/servers';
import { createContext, use } from 'react';

export const CurrentServer = createContext<Server | null>(null);

export function useServer(): Server {
  const server = use(CurrentServer);
  if (server === null) throw new Error('useServer outside a server’s page');
  return server;
}
