import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import Provider from "oidc-provider";

/** What Evergrant is registered as; the header has to carry these characters, too. */
export const CLIENT = { id: "evergrant:books", secret: "only for/the+server: 100%&=~" };

/** Somebody with an account there. */
export const PERSON = { name: "anna", email: "anna@books.example", password: "anna-at-the-server-7Qk" };

/** What happened at the server so far. */
type Seen = { signIns: number; wrongPasswords: number; consents: number; codes: number; refreshes: number; refused: number };

/**
 * An OAuth server that nobody of us wrote: oidc-provider with its own pages for sign-in and consent.
 *
 * Those accept any password, so the right one is asked for in front of them.
 */
export class OAuthServer {
  /** The address for browsers: another host than Evergrant's, as in real life. */
  readonly url: string;
  readonly seen: Seen = { signIns: 0, wrongPasswords: 0, consents: 0, codes: 0, refreshes: 0, refused: 0 };
  readonly #server: Server;
  readonly #grants = new Set<string>();
  #provider: Provider | undefined;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://localhost:${(server.address() as AddressInfo).port}`;
    server.on("request", (request, answer) => {
      this.#answer(request, answer).catch((error: unknown) => answer.destroy(error as Error));
    });
  }

  /** Begins to listen on a free port; it knows no client yet. */
  static async start(): Promise<OAuthServer> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new OAuthServer(server);
  }

  /** Registers Evergrant with the address that it may be led back to. */
  register(redirectUri: string): void {
    const provider = new Provider(this.url, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: [redirectUri],
          grant_types: ["authorization_code", "refresh_token"],
          token_endpoint_auth_method: "client_secret_basic",
        },
      ],
      claims: { openid: ["sub"], email: ["email"] },
      findAccount: (_: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@books.example` }),
      }),
      pkce: { required: () => true },
      // A second use of a refresh token ends the grant.
      rotateRefreshToken: true,
      cookies: { keys: ["only for tests"] },
      ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 86_400, IdToken: 600, Interaction: 600, RefreshToken: 86_400, Session: 86_400 },
    });
    provider.on("refresh_token.saved", ({ grantId }) => this.#grants.add(grantId));
    provider.on("grant.success", ({ oidc }) => {
      if (oidc.params?.grant_type === "refresh_token") this.seen.refreshes += 1;
      else this.seen.codes += 1;
    });
    provider.on("grant.error", () => (this.seen.refused += 1));
    this.#provider = provider;
  }

  /** Takes back everything that was granted, as an administrator there would. */
  async revoke(): Promise<void> {
    const provider = this.#provider;
    if (provider === undefined || this.#grants.size === 0) throw new Error("nothing was granted");
    for (const id of this.#grants) {
      await provider.RefreshToken.revokeByGrantId(id);
      await (await provider.Grant.find(id))?.destroy();
    }
    this.#grants.clear();
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const provider = this.#provider;
    if (provider === undefined) {
      answer.writeHead(503).end();
      return;
    }
    if (request.method === "POST" && request.url?.startsWith("/interaction/")) {
      const body = await text(request);
      if (!this.#mayGoOn(new URLSearchParams(body))) {
        answer.writeHead(303, { location: request.url }).end();
        return;
      }
      Object.assign(request, { body });
    }
    provider.callback()(request, answer);
  }

  #mayGoOn(fields: URLSearchParams): boolean {
    if (fields.get("prompt") !== "login") {
      this.seen.consents += 1;
      return true;
    }
    const knows = fields.get("login") === PERSON.name && fields.get("password") === PERSON.password;
    if (knows) this.seen.signIns += 1;
    else this.seen.wrongPasswords += 1;
    return knows;
  }
}
