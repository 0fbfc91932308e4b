/**
 * AWS Signature Version 4: verifying it, as header or as a presigned query, and what a signer and a verifier share. A request counts only if its
 * signature covers its method, path, query, host, body and every header that changes what it does. Unlike S3, Lambda
 * has bodies signed, so `UNSIGNED-PAYLOAD` is refused, and encodes the path once more before signing.
 */

import { hex, hmac, isSame, sha256, utf8 } from "./digest.ts";

export const ALGORITHM = "AWS4-HMAC-SHA256";
const MAX_SKEW_SECONDS = 300;
const MAX_PRESIGNED_SECONDS = 604_800;
/** Change what a request does, so they count only if they are signed. What a CDN adds of its own changes nothing. */
const BINDING = /^(?:x-amz-(?!cf-)|x-perdure-|last-event-id$)/;
/** Sent by an `EventSource` that comes back, which cannot sign it: beside a link it may say less than the link. */
const RESUMES_LINK = "last-event-id";

/** A request on its way in. `body` reads it, once, within the limits of its route. */
export interface IncomingRequest {
  readonly request: Request;
  readonly url: URL;
  readonly body: () => Promise<Uint8Array<ArrayBuffer>>;
  /** The names that the sender may have for the host; the header `Host` when absent. */
  readonly hosts?: readonly string[] | undefined;
}

/** The hosts that a request may have been signed for. */
export function signedHosts({ request, url, hosts }: IncomingRequest): readonly string[] {
  // A platform may keep the host header to itself; the URL then says the same.
  return hosts ?? [request.headers.get("host") ?? url.host];
}

/** The claims of a signed request; nothing in them is true before the signature was compared. */
interface Claim {
  readonly key: string;
  readonly token: string;
  /** Day, region, service, version. */
  readonly scope: string;
  readonly time: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Signed as a link, with everything in its query. */
  readonly isLink: boolean;
}

export function isSigned({ request, url }: IncomingRequest): boolean {
  return schemeOf(request) === ALGORITHM || url.searchParams.has("X-Amz-Signature");
}

function schemeOf({ headers }: Request): string | undefined {
  return headers.get("authorization")?.split(/[ ,]/, 1)[0];
}

/**
 * True when the request was signed, within five minutes or as long as its link says, with the secret that `secretOf`
 * gives for an access key and session token. Without a secret, and with a signature that is wrong for the body's own
 * hash, the body is not read.
 */
export async function isWellSigned(
  incoming: IncomingRequest,
  now: number,
  secretOf: (accessKeyId: string, sessionToken: string) => string | undefined,
): Promise<boolean> {
  const claim = readClaim(incoming, now);
  const secret = claim && secretOf(claim.key, claim.token);
  if (!claim || secret === undefined || !coversAll(incoming.request.headers, claim)) return false;
  const declared = incoming.request.headers.get("x-amz-content-sha256") ?? undefined;
  if (declared !== undefined && !(await isSignatureOf(incoming, { claim, secret, bodyHash: declared }))) return false;
  const bodyHash = await sha256(await incoming.body());
  return declared === undefined ? isSignatureOf(incoming, { claim, secret, bodyHash }) : declared === bodyHash;
}

async function isSignatureOf(
  incoming: IncomingRequest,
  { claim, secret, bodyHash }: { claim: Claim; secret: string; bodyHash: string },
): Promise<boolean> {
  const { request, url } = incoming;
  const signatures = signedHosts(incoming).map((host) => {
    const headers = new Headers({ ...Object.fromEntries(request.headers), host });
    return signatureOf({ method: request.method, headers, url }, { ...claim, secret, bodyHash });
  });
  return (await Promise.all(signatures)).some((signature) => isSame(signature, claim.signature));
}

/** The parts of a request that a signature covers; of the body it covers the hash. */
export interface Signable {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
}

/** The parameters of a signature. */
export interface Signing extends Pick<Claim, "scope" | "time" | "signedHeaders"> {
  readonly secret: string;
  /** SHA-256 of the body in hex. */
  readonly bodyHash: string;
}

/** The signature of a request, in hex. */
export async function signatureOf(request: Signable, signing: Signing): Promise<string> {
  const { scope, time, secret } = signing;
  const canonical = await sha256(utf8(canonicalRequest(request, signing)));
  let derived = utf8(`AWS4${secret}`);
  for (const part of [...scope.split("/"), [ALGORITHM, time, scope, canonical].join("\n")]) {
    derived = await hmac(derived, part);
  }
  return hex(derived);
}

/** Undefined when the request is not signed in the way it should be, or not at this time. */
function readClaim({ request, url: { searchParams } }: IncomingRequest, now: number): Claim | undefined {
  const authorization = request.headers.get("authorization");
  const isLink = authorization === null;
  const parts = new Map((authorization ?? "").split(/[ ,]+/).map((part) => part.split("=", 2) as [string, string]));
  const field = (name: string): string =>
    (isLink ? searchParams.get(`X-Amz-${name}`) : (parts.get(name) ?? request.headers.get(`X-Amz-${name}`))) ?? "";
  const [, key, scope = ""] = /^([^/]+)\/(\d{8}\/[\w-]+\/lambda\/aws4_request)$/.exec(field("Credential")) ?? [];
  const lifetime = isLink ? readLifetime(field("Expires")) : MAX_SKEW_SECONDS;
  const isKnown = (isLink ? field("Algorithm") : schemeOf(request)) === ALGORITHM;
  const signed = field("SignedHeaders");
  const time = field("Date");
  if (!key || !isKnown || !isTimely({ time, scope }, lifetime, now) || !/^[\w;-]+$/.test(signed)) return undefined;
  const signedHeaders = signed.split(";");
  return { key, token: field("Security-Token"), scope, time, signedHeaders, signature: field("Signature"), isLink };
}

/** Seconds; NaN, which no age is below, for a link that does not say how long it lives, or says too long. */
function readLifetime(text: string): number {
  const seconds = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : Number.NaN;
  return seconds <= MAX_PRESIGNED_SECONDS ? seconds : Number.NaN;
}

/** Clocks may differ. */
function isTimely({ time, scope }: Pick<Claim, "time" | "scope">, lifetimeSeconds: number, now: number): boolean {
  const signedAt = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\dZ)$/, "$1-$2-$3T$4:$5:$6"));
  const age = (now - signedAt) / 1000;
  return age >= -MAX_SKEW_SECONDS && age <= lifetimeSeconds && scope.startsWith(time.slice(0, 8));
}

function canonicalRequest({ method, url, headers }: Signable, { signedHeaders: signed, bodyHash }: Signing): string {
  const lines = signed.map((name) => {
    // A platform may keep the host header to itself; the URL then says the same.
    const value = headers.get(name) ?? (name === "host" ? url.host : "");
    return `${name}:${value.trim().replace(/ +/g, " ")}\n`;
  });
  const path = url.pathname.split("/").map(encode).join("/").replace(/\/+/g, "/");
  const query = canonicalQuery(url.searchParams);
  return [method, path, query, lines.join(""), signed.join(";"), bodyHash].join("\n");
}

function coversAll(headers: Headers, { signedHeaders, isLink }: Claim): boolean {
  const mustBeSigned = [...headers.keys()].filter((name) => BINDING.test(name) && !(isLink && name === RESUMES_LINK));
  return ["host", ...mustBeSigned].every((name) => signedHeaders.includes(name));
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
