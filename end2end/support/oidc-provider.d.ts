// What the tests use of oidc-provider, which brings no types of its own.
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  /** A token that was saved. */
  export type Saved = { grantId: string };
  /** The request that an event is about. */
  export type Context = { oidc: { params?: { grant_type?: string } } };

  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    callback(): (request: IncomingMessage, answer: ServerResponse) => void;
    on(event: "refresh_token.saved", hear: (token: Saved) => void): this;
    on(event: "grant.success" | "grant.error", hear: (context: Context) => void): this;
    readonly RefreshToken: { revokeByGrantId(id: string): Promise<void> };
    readonly Grant: { find(id: string): Promise<{ destroy(): Promise<void> } | undefined> };
  }
}
