/** Signature Version 4 by hand, for requests that AWS's own client never makes. */

import { createHash, createHmac } from "node:crypto";

export interface ByHand {
  readonly method?: string;
  readonly path: string;
  /** Already encoded; in the order of the signature. */
  readonly query?: readonly string[];
  readonly host?: string;
  readonly body?: string;
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Like botocore: with the host and the date signed, and the hash of the body in no header. */
export function signedByHand(request: ByHand): Request {
  const { method = "GET", path, query = [], host = "localhost", body } = request;
  const { time, scope } = stamp(request.at);
  const signature = signatureOf(request, { query, headers: { host, "x-amz-date": time } });
  const authorization = `AWS4-HMAC-SHA256 Credential=${request.keys.accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
  const url = `http://${host}${path}${query.length > 0 ? `?${query.join("&")}` : ""}`;
  return new Request(url, { method, headers: { authorization, "x-amz-date": time }, ...(body && { body }) });
}

/** A link with exactly these members of its query beside the credential, the date and the signature. */
export function linkByHand(request: ByHand, members: readonly string[]): string {
  const { path, host = "localhost", keys, query: own = [] } = request;
  const { time, scope } = stamp(request.at);
  const query = [
    ...own,
    ...members,
    `X-Amz-Credential=${encodeURIComponent(`${keys.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${time}`,
    "X-Amz-SignedHeaders=host",
  ].toSorted((a, b) => (a < b ? -1 : 1));
  const signature = signatureOf(request, { query, headers: { host } });
  return `http://${host}${path}?${query.join("&")}&X-Amz-Signature=${signature}`;
}

function stamp(at: number): { time: string; scope: string } {
  const time = new Date(at).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  return { time, scope: `${time.slice(0, 8)}/eu-west-1/lambda/aws4_request` };
}

function signatureOf(
  { method = "GET", path, body = "", keys, at }: ByHand,
  { query, headers }: { query: readonly string[]; headers: Readonly<Record<string, string>> },
): string {
  const { time, scope } = stamp(at);
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonicalPath = path.split("/").map(encodeURIComponent).join("/");
  const canonical = [method, canonicalPath, query.join("&"), lines.join(""), names, sha256(body)].join("\n");
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<Buffer | string>(hmac, `AWS4${keys.secretAccessKey}`);
  return hmac(key, text).toString("hex");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
