/**
 * AWS Signature Version 4, the verifying side, as header or as a presigned query. A request counts only if its
 * signature covers its method, path, query, host, body and every header that changes what it does. Unlike S3, Lambda
 * has bodies signed, so `UNSIGNED-PAYLOAD` is refused, and encodes the path once more before signing.
 */

import { hex, hmac, isSame, sha256, utf8 } from "./digest.ts";

const ALGORITHM = "AWS4-HMAC-SHA256";
const MAX_SKEW_SECONDS = 300;
const MAX_PRESIGNED_SECONDS = 604_800;
/** AWS wants these signed, or anyone could add them on the way. What a CDN adds of its own says nothing to us. */
const BINDING = /^x-amz-(?!cf-)/;

/** A request on its way in. `body` reads it, once, within the limit of its route. */
export interface IncomingRequest {
  readonly request: Request;
  readonly url: URL;
  readonly body: () => Promise<Uint8Array<ArrayBuffer>>;
}

/** What a signed request says of itself; nothing in it is true before the signature was compared. */
interface Claim {
  readonly key: string;
  readonly token: string;
  /** Day, region, service, version. */
  readonly scope: string;
  readonly time: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

export function isSigned({ request, url }: IncomingRequest): boolean {
  return !!request.headers.get("authorization")?.startsWith(ALGORITHM) || url.searchParams.has("X-Amz-Signature");
}

/**
 * True when the request was signed, within five minutes or as long as its link says, with the secret that `secretOf`
 * gives for an access key and session token. Without a secret the same work is done, in vain.
 */
export async function isWellSigned(
  incoming: IncomingRequest,
  now: number,
  secretOf: (accessKeyId: string, sessionToken: string) => string | undefined,
): Promise<boolean> {
  const claim = readClaim(incoming, now);
  if (!claim) return false;
  const { key, token, scope, time, signedHeaders, signature } = claim;
  const secret = secretOf(key, token);
  const bodyHash = await sha256(await incoming.body());
  const canonical = await sha256(utf8(canonicalRequest(incoming, signedHeaders.split(";"), bodyHash)));
  let derived = utf8(`AWS4${secret}`);
  for (const part of [...scope.split("/"), [ALGORITHM, time, scope, canonical].join("\n")]) {
    derived = await hmac(derived, part);
  }
  const matches = isSame(hex(derived), signature);
  return matches && secret !== undefined && coversAll(incoming.request.headers, signedHeaders.split(";"), bodyHash);
}

/** Undefined when the request is not signed in the way it should be, or not at this time. */
function readClaim({ request: { headers }, url: { searchParams } }: IncomingRequest, now: number): Claim | undefined {
  const authorization = headers.get("authorization");
  const parts = new Map((authorization ?? "").split(/[ ,]+/).map((part) => part.split("=", 2) as [string, string]));
  const field = (name: string): string =>
    (authorization ? (parts.get(name) ?? headers.get(`X-Amz-${name}`)) : searchParams.get(`X-Amz-${name}`)) ?? "";
  const [, key, scope = ""] = /^([^/]+)\/(\d{8}\/[\w-]+\/lambda\/aws4_request)$/.exec(field("Credential")) ?? [];
  const [time, token, signedHeaders, signature] = ["Date", "Security-Token", "SignedHeaders", "Signature"].map(field);
  const claim = { key, token, scope, time, signedHeaders, signature } as Claim;
  const seconds = authorization ? MAX_SKEW_SECONDS : Number(field("Expires"));
  const isKnown = authorization !== null || (field("Algorithm") === ALGORITHM && seconds <= MAX_PRESIGNED_SECONDS);
  return key && isKnown && isTimely(claim, seconds, now) && /^[\w;-]+$/.test(claim.signedHeaders) ? claim : undefined;
}

/** Clocks may differ. */
function isTimely({ time, scope }: Claim, lifetimeSeconds: number, now: number): boolean {
  const signedAt = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\dZ)$/, "$1-$2-$3T$4:$5:$6"));
  const age = (now - signedAt) / 1000;
  return age >= -MAX_SKEW_SECONDS && age <= lifetimeSeconds && scope.startsWith(time.slice(0, 8));
}

function canonicalRequest({ request, url }: IncomingRequest, signed: readonly string[], bodyHash: string): string {
  const lines = signed.map((name) => {
    // A platform may keep the host header to itself; the URL then says the same.
    const value = request.headers.get(name) ?? (name === "host" ? url.host : "");
    return `${name}:${value.trim().replace(/ +/g, " ")}\n`;
  });
  const path = url.pathname.split("/").map(encode).join("/").replace(/\/+/g, "/");
  const query = canonicalQuery(url.searchParams);
  return [request.method, path, query, lines.join(""), signed.join(";"), bodyHash].join("\n");
}

function coversAll(headers: Headers, signed: readonly string[], bodyHash: string): boolean {
  const unsigned = [...headers.keys()].filter((name) => BINDING.test(name) && !signed.includes(name));
  const declared = headers.get("x-amz-content-sha256") ?? bodyHash;
  return signed.includes("host") && unsigned.length === 0 && declared === bodyHash;
}

/** Sorted by name, then by value: the zero stands before any other character while it keeps the two apart. */
function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query].filter(([name]) => name !== "X-Amz-Signature");
  const encoded = pairs.map((pair) => pair.map(encode).join("\0"));
  return encoded.sort().join("&").replaceAll("\0", "=");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
