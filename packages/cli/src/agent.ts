// `mainstay agent`: the agent of this host.

import { hostname } from 'node:os';
import { readAgentConfig } from '@mainstay/agent/config';
import { startAgent } from '@mainstay/agent/main';
import { createLog } from '@mainstay/manager/log';
import { logLevel } from './log-level.ts';
import { stopSignal } from './stopping.ts';

export async function agent(options: { manager?: string; joinToken?: string; name?: string }): Promise<void> {
  const environment = {
    ...process.env,
    ...(options.manager === undefined ? {} : { MAINSTAY_MANAGER: options.manager }),
    ...(options.joinToken === undefined ? {} : { MAINSTAY_JOIN_TOKEN: options.joinToken }),
    ...(options.name === undefined ? {} : { MAINSTAY_AGENT_NAME: options.name }),
  };
  const config = readAgentConfig(environment, hostname());
  await startAgent(config, { log: createLog(logLevel('info')), signal: stopSignal() });
  process.exit(0);
}
