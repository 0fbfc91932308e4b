import type { Mutation } from "./mutation.ts";

const limits = ["test/http/limits.test.ts"];
const calls = ["test/http/aws-client.test.ts"];
const refusals = ["test/http/refusals.test.ts"];
const signatures = ["test/http/signature.test.ts"];

/** The Lambda REST API: who may do what, and how much. */
export const httpMutations: readonly Mutation[] = [
  {
    keeps: "access",
    what: "any credential may do anything",
    code: "  requireRight(credential, right);\n",
    becomes: "",
    tests: refusals,
  },
  {
    keeps: "access",
    what: "a credential with an empty secret lets anybody in",
    code: "  if (empty !== undefined) {",
    becomes: "  if (empty === undefined && empty !== undefined) {",
    tests: ["test/http/refusals.test.ts", "test/http/signature.test.ts"],
  },
  {
    keeps: "access",
    what: "a signature counts for ever",
    code: "  return age >= -MAX_SKEW_SECONDS && age <= lifetimeSeconds && scope",
    becomes: "  return age >= -MAX_SKEW_SECONDS && lifetimeSeconds > 0 && scope",
    tests: signatures,
  },
  {
    keeps: "access",
    what: "a link lives as long as it says",
    code: "  return seconds <= MAX_PRESIGNED_SECONDS ? seconds : Number.NaN;",
    becomes: "  return seconds <= MAX_PRESIGNED_SECONDS ? seconds : seconds;",
    tests: signatures,
  },
  {
    keeps: "access",
    what: "headers that change what a request does need not be signed",
    code: " || !coversAll(incoming.request.headers, claim)) return false;",
    becomes: ") return false;",
    tests: signatures,
  },
  {
    keeps: "access",
    what: "the hash that a request names counts for its body",
    code: "{ claim, secret, bodyHash }) : declared === bodyHash;",
    becomes: "{ claim, secret, bodyHash }) : declared !== '';",
    tests: signatures,
  },
  {
    keeps: "access",
    what: "behind a proxy a signature counts for the host that the proxy made up",
    code: "  return hosts ?? [request.headers",
    becomes: "  return (hosts && undefined) ?? [request.headers",
    tests: ["test/http/callers.test.ts"],
  },
  {
    keeps: "access",
    what: "a session token is not compared",
    code: "    return isSame(token, sessionToken) ? secretAccessKey : undefined;",
    becomes: "    return isSame(token, token) || sessionToken ? secretAccessKey : undefined;",
    tests: signatures,
  },
  {
    keeps: "access",
    what: "who may read an execution may complete its callbacks",
    code: '  if (may("callback")) return (text) => text;',
    becomes: '  if (may("read")) return (text) => text;',
    tests: ["test/http/callback-ids.test.ts"],
  },
  {
    keeps: "access",
    what: "who may not look learns which versions there are",
    code: '    if (may("read") || !hasCode(error, ClientErrorCode.NOT_FOUND)) throw error;',
    becomes: '    if (may("start") || !hasCode(error, ClientErrorCode.NOT_FOUND)) throw error;',
    tests: ["test/http/memory-host.test.ts"],
  },
  {
    keeps: "access",
    what: "a link to a live view leads back before its own place",
    code: "  const from = Math.max(cursor, readWhole(",
    becomes: "  const from = Math.max(0, readWhole(",
    tests: ["test/http/event-stream.test.ts"],
  },
  {
    keeps: "access",
    what: "pages of any origin may call",
    code: 'origin && (origins.includes(origin) || origins.includes("*")));',
    becomes: "origin && origins !== undefined);",
    tests: refusals,
  },
  {
    keeps: "incarnations",
    what: "an ARN finds a later execution of the name",
    code: "  if (execution.incarnation === incarnation) return execution;",
    becomes: "  if (execution.incarnation !== '' || incarnation) return execution;",
    tests: calls,
  },
  {
    keeps: "callee names",
    what: "a history names somebody else's execution as the callee",
    code: "      if (callee === undefined || !isCalledBy(callee, caller, event)) return [];",
    becomes: "      if (callee === undefined) return [];",
    tests: ["test/http/memory-host.test.ts"],
  },
  {
    keeps: "limits",
    what: "any number of starts may come in a second",
    code: "  limits.takeStart();\n",
    becomes: "  void limits;\n",
    tests: limits,
  },
  {
    keeps: "limits",
    what: "any number of live streams may be open",
    code: "    if (this.#streams >= this.#maxStreams) {",
    becomes: "    if (this.#streams > this.#maxStreams * 1e9) {",
    tests: limits,
  },
  {
    keeps: "limits",
    what: "a stream whose reader has left counts as open",
    code: "    cancel() {\n      onClosed();",
    becomes: "    cancel() {",
    tests: ["src/lambda-compat/http/event-stream.test.ts"],
  },
  {
    keeps: "limits",
    what: "a stream that has ended counts as open",
    code: "      controller.close();\n      onClosed();",
    becomes: "      controller.close();",
    tests: ["src/lambda-compat/http/event-stream.test.ts"],
  },
  {
    keeps: "limits",
    what: "a body of any size is read",
    code: "    if (size > limit)\n      throw",
    becomes: "    if (size < 0)\n      throw",
    tests: [...limits, ...refusals],
  },
  {
    keeps: "limits",
    what: "what has arrived of a body when its time is over counts as the whole",
    code: "      isLate = true;\n",
    becomes: "",
    tests: limits,
  },
  {
    keeps: "limits",
    what: "a body with any number of values is built",
    code: "  if (hasMoreValues(body, maxValues)) throw",
    becomes: "  if (hasMoreValues(body, maxValues * 1e9)) throw",
    tests: refusals,
  },
  {
    keeps: "limits",
    what: "any number of updates is taken in one call",
    code: "  if (Array.isArray(value) && value.length > MAX_UPDATES) {",
    becomes: "  if (Array.isArray(value) && value.length > MAX_UPDATES * 1e9) {",
    tests: refusals,
  },
];
