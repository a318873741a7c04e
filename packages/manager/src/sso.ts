// The identity provider, if one is set: OpenID Connect with a code, PKCE, state and nonce. What it answers is checked by the
// library; it is asked for its own description when it is first needed, so that a provider that is away keeps no manager from starting.

import * as oidc from 'openid-client';
import { guardedFetch } from './outgoing/fetch.ts';

export interface SsoConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the button says. */
  readonly name: string;
}

/** Who came back from the provider. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** What they are called there, as far as it says. */
  readonly name: string | null;
}

/** What has to be kept between going there and coming back. */
export interface SsoChecks {
  readonly verifier: string;
  readonly nonce: string;
}

export class Sso {
  readonly name: string;
  readonly #config: SsoConfig;
  #known: Promise<oidc.Configuration> | undefined;

  constructor(config: SsoConfig) {
    this.name = config.name;
    this.#config = config;
  }

  newChecks(): SsoChecks {
    return { verifier: oidc.randomPKCECodeVerifier(), nonce: oidc.randomNonce() };
  }

  /** Where the browser goes to say who it is. @throws when the provider cannot be asked what it is */
  async addressFor({ verifier, nonce }: SsoChecks, state: string, redirectUri: string): Promise<string> {
    const url = oidc.buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: redirectUri,
      scope: 'openid profile email',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return url.href;
  }

  /** Who that is. @throws when the provider's answer does not hold what it should */
  async identify({ verifier, nonce }: SsoChecks, state: string, cameTo: URL): Promise<Identity> {
    const configuration = await this.#configuration();
    const tokens = await oidc.authorizationCodeGrant(configuration, cameTo, {
      pkceCodeVerifier: verifier,
      expectedNonce: nonce,
      expectedState: state,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) throw new Error('the provider gave no ID token');
    // Many providers keep what somebody is called out of the token. Who it is stands in it, and a name is only a name.
    const told = nameIn(claims) ?? nameIn(await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub).catch(() => ({})));
    return { issuer: claims.iss, subject: claims.sub, name: told };
  }

  #configuration(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#config;
    const url = new URL(issuer);
    const options = {
      // What it says of itself, the addresses that are then asked included, is its own choice and not our owner's.
      [oidc.customFetch]: guardedFetch(url),
      // Without TLS only on this very machine; the settings let nothing else through.
      ...(url.protocol === 'http:' ? { execute: [oidc.allowInsecureRequests] } : {}),
    };
    this.#known ??= oidc.discovery(url, clientId, clientSecret, undefined, options).catch((error: unknown) => {
      this.#known = undefined;
      throw error;
    });
    return this.#known;
  }
}

function nameIn(claims: Readonly<Record<string, unknown>>): string | null {
  const called = claims['preferred_username'] ?? (claims['email_verified'] === true ? claims['email'] : undefined);
  return typeof called === 'string' ? called : null;
}
