/**
 * The credentials of a host and their rights. A request without a listed credential is answered with 401, in the same
 * words for an unknown access key and for a wrong secret. The time of a comparison tells nothing of a secret. An access
 * key is no secret: an unknown one is refused before anything is read or hashed for it.
 */

import { ApiError } from "./api-error.ts";
import { isSame, sha256, utf8 } from "./digest.ts";
import { type IncomingRequest, isSigned, isWellSigned, signedHosts } from "./signature.ts";

/**
 * `start` invokes functions; `read` looks at executions; `callback` completes callbacks; `checkpoint` is for a worker
 * that runs a handler elsewhere; `admin` is all of these, and stops and resumes executions.
 */
export type Right = "start" | "read" | "callback" | "checkpoint" | "admin";

const RIGHTS: readonly Right[] = ["start", "read", "callback", "checkpoint", "admin"];

/** One caller, with one secret or several. A credential without a secret never matches. */
export interface Credential {
  /** Names the caller to people; never a secret. */
  readonly id: string;
  /** The rights of the caller. */
  readonly rights: readonly Right[];
  /** Sent as `Authorization: Bearer <token>`. */
  readonly bearer?: string | undefined;
  /** SHA-256 of the bearer token in hex, for hosts that do not want to keep the token itself. */
  readonly bearerSha256?: string | undefined;
  /** For AWS's own clients. Any region, service `lambda`. */
  readonly sigv4?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string | undefined }
    | undefined;
}

/** Fails with a 401 when no credential stands behind the request. `now` in ms since the epoch. */
export type Authenticate = (incoming: IncomingRequest, now: number) => Promise<Credential>;

/** Throws `TypeError` for an empty secret, a hash that is none, and rights that are no list of known ones. */
export function createAuthenticate(credentials: readonly Credential[]): Authenticate {
  credentials.forEach(checkCredential);
  return async (incoming, now) => {
    if (isSigned(incoming)) return bySignature(credentials, incoming, now);
    const [, token] = /^Bearer +(\S+)$/i.exec(incoming.request.headers.get("authorization") ?? "") ?? [];
    if (!token) throw refused("MissingAuthenticationTokenException", "The request has no credential.");
    return byBearer(credentials, token);
  };
}

/**
 * Credentials as secrets keep them: a JSON list.
 *
 * @throws {TypeError} for any other text. It says nothing of the text but what is wrong with it.
 */
export function parseCredentials(text: string): readonly Credential[] {
  const parsed = parsedOrUndefined(text);
  if (parsed === undefined) throw new TypeError("it is no JSON");
  if (!Array.isArray(parsed)) throw new TypeError('it is no list: [{ "id": ..., "rights": [...], "bearer": ... }]');
  parsed.forEach((each: Partial<Credential> | null, index) => {
    if (typeof each?.id !== "string") throw new TypeError(`its credential ${index + 1} has no id that is a text`);
    checkCredential(each as Credential);
  });
  return parsed as readonly Credential[];
}

/** The parser's own error would show the text. */
function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Each of these would let in more than was meant, or nobody. Says nothing of the secret. */
function checkCredential({ id, rights, bearer, bearerSha256, sigv4 }: Credential): void {
  const secrets = Object.entries({ bearer, bearerSha256, ...sigv4 });
  const [empty] = secrets.find(([, secret]) => secret === "") ?? [];
  if (empty !== undefined) {
    throw new TypeError(
      `The ${empty} of the credential "${id}" is an empty text, which anybody could send: give it a random one of 32 ` +
        "characters or more, or leave it out.",
    );
  }
  if (!Array.isArray(rights) || !rights.every((right) => RIGHTS.includes(right))) {
    throw new TypeError(`The rights of the credential "${id}" must be a list of ${RIGHTS.join(", ")}.`);
  }
  if (bearerSha256 !== undefined && !/^[0-9a-f]{64}$/i.test(bearerSha256)) {
    throw new TypeError(`The bearerSha256 of the credential "${id}" must be 64 hex digits.`);
  }
}

export function hasRight({ rights }: Credential, right: Right): boolean {
  return rights.includes(right) || rights.includes("admin");
}

/** Fails with a 403. */
export function requireRight(credential: Credential, right: Right): void {
  if (hasRight(credential, right)) return;
  throw new ApiError(
    "AccessDeniedException",
    403,
    `The credential "${credential.id}" has not got the right "${right}".`,
  );
}

async function byBearer(credentials: readonly Credential[], token: string): Promise<Credential> {
  const digest = await sha256(utf8(token));
  const digests = await Promise.all(
    credentials.map(async ({ bearer, bearerSha256 = "" }) =>
      bearer ? sha256(utf8(bearer)) : bearerSha256.toLowerCase(),
    ),
  );
  const [credential] = credentials.filter((_, index) => isSame(digests[index] ?? "", digest));
  if (credential) return credential;
  throw refused("UnrecognizedClientException", "The bearer token is not known here.");
}

async function bySignature(
  credentials: readonly Credential[],
  incoming: IncomingRequest,
  now: number,
): Promise<Credential> {
  let found: Credential | undefined;
  const isGenuine = await isWellSigned(incoming, now, (accessKeyId, sessionToken) => {
    found = credentials.find(({ sigv4 }) => sigv4?.accessKeyId === accessKeyId);
    const { secretAccessKey, sessionToken: token = "" } = found?.sigv4 ?? {};
    return isSame(token, sessionToken) ? secretAccessKey : undefined;
  });
  if (found && isGenuine) return found;
  // The host is what a proxy in between changes without a word, and what nobody thinks of then.
  const hosts = signedHosts(incoming).join(" or ");
  throw refused(
    "InvalidSignatureException",
    `The access key is unknown, or the signature is wrong, out of date or for another host than ${hosts}.`,
  );
}

function refused(code: string, message: string): ApiError {
  return new ApiError(code, 401, message, { "WWW-Authenticate": 'Bearer realm="perdure", AWS4-HMAC-SHA256' });
}
