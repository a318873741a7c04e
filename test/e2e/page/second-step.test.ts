// A password chosen anew by somebody with an authenticator app: it holds, and the sign-in goes on with the code.

import { contract } from '@mainstay/wire/contract';
import { Secret, TOTP } from 'otpauth';
import { visitor } from '../../../packages/manager/test/visitor.ts';
import { testPassword } from '../harness/person.ts';
import { button, heading } from './browser.ts';
import { test } from './harness.ts';

test('a reset link leads to the code, and from there to the servers', async ({ mainstay, visit, manager }) => {
  const grants = [{ role: 'viewer', scope: { kind: 'everything' } } as const];
  const { code } = await mainstay.call(contract.createInvitation, { body: { label: 'vera', grants } });
  const vera = visitor(manager.url);
  const { account } = await vera.call(contract.acceptInvitation, { body: { code, name: 'vera', password: testPassword } });
  const { ticket, secret } = await vera.call(contract.createTotp, {});
  const app = new TOTP({ secret: Secret.fromBase32(secret) });
  await vera.call(contract.confirmTotp, { body: { ticket, code: app.generate() } });
  const reset = await mainstay.call(contract.createResetLink, { params: { accountId: account!.id } });

  const page = await visit.stranger();
  await page.goto(`${manager.url}/reset#code=${reset.code}`);
  await page.getByLabel('Password', { exact: true }).fill('quite another password');
  await button(page, 'Set the password').click();
  // The code of now was used to set the app up.
  await page.getByLabel('Code', { exact: true }).fill(app.generate({ timestamp: Date.now() + 30_000 }));
  await button(page, 'Go on').click();
  await heading(page, 'Servers').waitFor();
});
