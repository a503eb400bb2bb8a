import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What a webhook was sent. */
export type Got = { headers: IncomingHttpHeaders; body: string };

/** A program that is told: it keeps what comes, and answers with the status that a test chose. */
export class Receiver {
  readonly address: string;
  readonly got: Got[] = [];
  status = 204;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    server.on("request", (request, answer) => {
      text(request)
        .then((body) => {
          this.got.push({ headers: request.headers, body });
          answer.writeHead(this.status).end();
        })
        .catch((error: unknown) => answer.destroy(error as Error));
    });
  }

  /** Begins to listen on a free port. */
  static async start(): Promise<Receiver> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Receiver(server);
  }

  /** Ends, whoever is still connected. */
  end(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** The signature of what was sent, as the README tells receivers to make it. */
export function signature({ headers, body }: Got, secret: string): string {
  const signed = `${headers["evergrant-id"]}.${headers["evergrant-timestamp"]}.${body}`;
  return `v1=${createHmac("sha256", secret).update(signed).digest("hex")}`;
}
