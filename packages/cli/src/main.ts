// The command line: what can be said to Mainstay on a terminal. Each command is a file; those that are not asked for
// are not loaded.

import { Command } from 'commander';
import { fail } from './fail.ts';
import { home, installed, version } from './place.ts';
import type { TokenOptions } from './tokens.ts';

const program = new Command('mainstay')
  .description('Keeps long-lived, stateful servers alive on ordinary Docker hosts.')
  .version(version)
  .configureHelp({ showGlobalOptions: true })
  .addHelpText('after', `\nState lives under MAINSTAY_HOME (now ${home}).`)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('up')
  .description('run the manager and an agent for this host, and print the page’s address with a sign-in link')
  .action(async () => (await import('./up.ts')).up());

program
  .command('manager')
  .description('run the manager alone (MAINSTAY_HOST, MAINSTAY_PORT)')
  .action(async () => (await import('./manager.ts')).manager());

program
  .command('agent')
  .description('run the agent of this host; DOCKER_HOST says which engine')
  .option('--manager <url>', 'the manager’s address; needed once')
  .option('--join-token <token>', 'the one-time token of join-token create; needed once')
  .option('--name <name>', 'what the host is called (default: its host name)')
  .action(async (options: { manager?: string; joinToken?: string; name?: string }) => (await import('./agent.ts')).agent(options));

const token = program.command('token').description('API tokens');
token
  .command('create')
  .description('make an API token and print it alone; it is shown this once')
  .option('--name <name>', 'who or what it is for (default: token- and a few letters of its own)')
  .option('--role <role>', 'owner, admin, operator or viewer', 'viewer')
  .option('--host <name...>', 'only for these hosts and their servers')
  .option('--server <name...>', 'only for these servers')
  .option('--days <days>', 'how many days it is good (default: until it is revoked)')
  .action(async (options: TokenOptions) => (await import('./tokens.ts')).createToken(options));
token
  .command('list')
  .description('list the API tokens, never their secrets')
  .action(async () => (await import('./tokens.ts')).listTokens());
token
  .command('revoke <token>')
  .description('revoke an API token by its id, or by its name when no other has it')
  .action(async (which: string) => (await import('./tokens.ts')).revokeToken(which));

const account = program.command('account').description('people who may sign in');
account
  .command('list')
  .description('list the accounts')
  .action(async () => (await import('./accounts.ts')).list());
account
  .command('reset-link <name>')
  .description('make a one-time link by which somebody chooses a new password, good for a day')
  .action(async (name: string) => (await import('./accounts.ts')).resetLink(name));

const joinToken = program.command('join-token').description('join tokens');
joinToken
  .command('create')
  .description('make a one-time token with which a further host joins within 15 minutes, and print it alone')
  .action(async () => (await import('./credentials.ts')).createJoinToken());

program
  .command('sign-in-link')
  .description('make a one-time link to sign in to the page, good for 15 minutes')
  .action(async () => (await import('./credentials.ts')).createSignInLink());

const secrets = program.command('secrets').description('the key that secrets are sealed with');
secrets
  .command('rotate')
  .description('seal every secret with a new key, while the manager is stopped')
  .option('--lost', 'the old key is lost: what it sealed is to be typed anew')
  .action(async (options: { lost?: boolean }) => (await import('./secrets.ts')).rotate(options));

installed();
await program.parseAsync().catch(fail);
