/** The proof that a face asks for: a bearer token, or a signature over the whole call. */

import { hex } from "../../lambda-compat/http/digest.ts";
import { ALGORITHM, type Signable, signatureOf } from "../../lambda-compat/http/signature.ts";
import type { KeyPairSource } from "./key-pair.ts";

/** A call on its way out. Its headers are added to. */
export interface Outgoing extends Signable {
  readonly body?: string | ArrayBuffer | undefined;
}

/** Adds to the headers of a call what lets it in. */
export type Authorize = (call: Outgoing) => Promise<void>;

/** Faces take any region. */
const REGION = "us-east-1";

export function bearing(token: string): Authorize {
  return async ({ headers }) => headers.set("Authorization", `Bearer ${token}`);
}

/** AWS Signature Version 4 for the service `lambda`, over the body and all headers that the call has by now. */
export function signing(keyPair: KeyPairSource): Authorize {
  return async ({ method, url, headers, body = "" }) => {
    const { accessKeyId, secretAccessKey: secret, sessionToken } = await keyPair();
    const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
    const scope = `${time.slice(0, 8)}/${process.env["AWS_REGION"] ?? REGION}/lambda/aws4_request`;
    const bodyHash = await sha256(body);
    headers.set("X-Amz-Date", time);
    headers.set("X-Amz-Content-Sha256", bodyHash);
    if (sessionToken !== undefined) headers.set("X-Amz-Security-Token", sessionToken);
    const signedHeaders = [...headers.keys(), "host"].sort();
    const signature = await signatureOf({ method, url, headers }, { scope, time, signedHeaders, secret, bodyHash });
    const parts = [
      `Credential=${accessKeyId}/${scope}`,
      `SignedHeaders=${signedHeaders.join(";")}`,
      `Signature=${signature}`,
    ];
    headers.set("Authorization", `${ALGORITHM} ${parts.join(", ")}`);
  };
}

async function sha256(body: string | ArrayBuffer): Promise<string> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}
