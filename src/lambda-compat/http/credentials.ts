/**
 * Who may do what. Without a credential that the host lists, nothing is answered but 401; what the caller learns from
 * a refusal, by its words or by how long it took, is the same for an unknown name and for a wrong secret.
 */

import { ApiError } from "./api-error.ts";
import { isSame, sha256, utf8 } from "./digest.ts";
import { type IncomingRequest, isSigned, isWellSigned } from "./signature.ts";

/**
 * `start` invokes functions; `read` looks at executions; `callback` completes callbacks; `checkpoint` is for a worker
 * that runs a handler elsewhere; `admin` is all of these, and stops and resumes executions.
 */
export type Right = "start" | "read" | "callback" | "checkpoint" | "admin";

/** One caller, with one secret or several. A credential without a secret never matches. */
export interface Credential {
  /** Names the caller to people; never a secret. */
  readonly id: string;
  readonly rights: readonly Right[];
  /** Sent as `Authorization: Bearer <token>`. */
  readonly bearer?: string | undefined;
  /** SHA-256 of the bearer token in lower-case hex, for hosts that do not want to keep the token itself. */
  readonly bearerSha256?: string | undefined;
  /** For AWS's own clients. Any region, service `lambda`. */
  readonly sigv4?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string | undefined }
    | undefined;
}

/** Fails with a 401 when no credential stands behind the request. `now` in ms since the epoch. */
export type Authenticate = (incoming: IncomingRequest, now: number) => Promise<Credential>;

/** Throws `TypeError` for an empty secret: it would let everybody in. */
export function createAuthenticate(credentials: readonly Credential[]): Authenticate {
  for (const { id, bearer, bearerSha256, sigv4 } of credentials) {
    if ([bearer, bearerSha256, ...Object.values(sigv4 ?? {})].includes("")) {
      throw new TypeError(`The credential "${id}" has an empty secret.`);
    }
  }
  return async (incoming, now) => {
    if (isSigned(incoming)) return bySignature(credentials, incoming, now);
    const [, token] = /^Bearer +(\S+)$/i.exec(incoming.request.headers.get("authorization") ?? "") ?? [];
    if (!token) throw refused("MissingAuthenticationTokenException", "The request has no credential.");
    return byBearer(credentials, token);
  };
}

/** Fails with a 403. */
export function requireRight({ id, rights }: Credential, right: Right): void {
  if (rights.includes(right) || rights.includes("admin")) return;
  throw new ApiError("AccessDeniedException", 403, `The credential "${id}" has not got the right "${right}".`);
}

async function byBearer(credentials: readonly Credential[], token: string): Promise<Credential> {
  const digest = await sha256(utf8(token));
  const digests = await Promise.all(
    credentials.map(async ({ bearer, bearerSha256 = "" }) => (bearer ? sha256(utf8(bearer)) : bearerSha256)),
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
  throw refused("InvalidSignatureException", "The access key is unknown, or the signature is wrong or out of date.");
}

function refused(code: string, message: string): ApiError {
  return new ApiError(code, 401, message, { "WWW-Authenticate": 'Bearer realm="perdure", AWS4-HMAC-SHA256' });
}
