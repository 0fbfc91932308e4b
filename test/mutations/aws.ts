import type { Mutation } from "./mutation.ts";

const alarm = ["src/adapters/sqs/queue-alarm.test.ts"];
const faces = ["test/cli/faces.test.ts"];
const host = ["test/aws/lambda-host.test.ts"];
const leavings = ["src/adapters/dynamodb/leavings.test.ts"];
const longLogs = ["src/adapters/dynamodb/long-log.test.ts"];
const offloading = ["src/adapters/dynamodb/offloading.test.ts"];
const otel = ["src/otel/otel.test.ts"];
const typedClient = ["src/lambda-compat/typed-client.test.ts"];

/** The home on AWS, and what every home hands to its users. */
export const awsMutations: readonly Mutation[] = [
  {
    keeps: "aws",
    what: "the signature of a call of perdure's own is not found again behind an HTTP API",
    code: "encoded(rawPath.slice(start, end))",
    becomes: "rawPath.slice(start, end)",
    tests: ["src/homes/aws/http-request.test.ts"],
  },
  {
    keeps: "queue",
    what: "a message is delayed by more than SQS takes",
    code: "    return Math.min(Math.max(seconds, 0), LONGEST_DELAY_SECONDS);",
    becomes: "    return Math.max(seconds, 0);",
    tests: alarm,
  },
  {
    keeps: "queue",
    what: "a wake that no delay reaches is sent and not scheduled",
    code: "    if (schedules === undefined || wake.at - now() <= LONGEST_DELAY_MS) await queue.send(wake);",
    becomes: "    if (schedules === undefined || wake.at > 0) await queue.send(wake);",
    tests: alarm,
  },
  {
    keeps: "queue",
    what: "a wake that is to come is ordered again with each look",
    code: "    if (!this.#outstanding.add(id, at, now())) return;",
    becomes: "    this.#outstanding.add(id, at, now());",
    tests: alarm,
  },
  {
    keeps: "queue",
    what: "a message does not say which tenant it is for",
    code: "      MessageGroupId: messageGroup(wake.group),\n    };\n  }\n",
    becomes: "      MessageGroupId: messageGroup(wake.id),\n    };\n  }\n",
    tests: host,
  },
  {
    keeps: "queue",
    what: "the tenant of an execution is not known when its wake is ordered",
    code: "      if (header.tenantId !== undefined) this.#groups.set(header.id, header.tenantId);",
    becomes: "      if (header.tenantId === undefined) this.#groups.set(header.id, header.id);",
    tests: host,
  },
  {
    keeps: "queue",
    what: "what is changed from outside wakes its execution for nobody in particular",
    code: "    await this.#wake(executionId, tenantId);\n",
    becomes: "    await this.#wake(executionId);\n",
    tests: host,
  },
  {
    keeps: "queue",
    what: "the sweeper forgets whom an execution is for",
    code: "  return { id, group: (await due.tenantOf(id)) ?? groupOfId(id) };",
    becomes: "  return { id, group: ((await due.tenantOf(id)) && undefined) ?? groupOfId(id) };",
    tests: host,
  },
  {
    keeps: "due index",
    what: "a late order takes the place of a newer one",
    code: '      if (head === undefined || head.seq > order.seq) return { kind: "OVER", before: undefined };',
    becomes: '      if (head === undefined) return { kind: "OVER", before: undefined };',
    tests: alarm,
  },
  {
    keeps: "due index",
    what: "a change from outside is not expected to be woken for",
    code: "    await due.expectSoon(executionId, host.now());\n",
    becomes: "",
    tests: host,
  },
  {
    keeps: "due index",
    what: "an execution is not in the index from its birth on",
    code: "    return { [Key.DUE_SHARD]: duePartition(id), [Key.DUE_AT]: startAt + this.slackMs };",
    becomes: "    return { [Key.DUE_SHARD]: duePartition(id) };",
    tests: host,
  },
  {
    keeps: "due index",
    what: "who writes the last row forgets which wake was ordered",
    code: "...(isSame && { [Key.DUE_WAKE]: before.wake, [Key.DUE_SEQ]: before.seq }) });",
    becomes: "...(isSame && { [Key.DUE_SEQ]: before.seq }) });",
    tests: host,
  },
  {
    keeps: "leavings",
    what: "a removal begins before there is a note of it",
    code: "    await this.#leavings.condemn({ id, incarnation }, this.#now());\n    await this.#take({ id, incarnation });",
    becomes:
      "    await this.#take({ id, incarnation });\n    await this.#leavings.condemn({ id, incarnation }, this.#now());",
    tests: leavings,
  },
  {
    keeps: "leavings",
    what: "a removal that found something is the last one",
    code: "    if (await this.#take(note)) {",
    becomes: "    if ((await this.#take(note)) && Math.random() > 1) {",
    tests: leavings,
  },
  {
    keeps: "leavings",
    what: "a large start is acknowledged whether its head is still there or not",
    code: "    if (isThere && (await this.#head(row.id, row.incarnation)) !== undefined) return;",
    becomes: "    if (isThere) return;",
    tests: leavings,
  },
  {
    keeps: "leavings",
    what: "a head is removed while its first commit may still land",
    code: "    await this.#table.putIfAbsent({ ...firstKey(of), ...this.#ttl(), [BARRED]: true });\n    if (hasText(await this.#first(of))) return true;\n",
    becomes: "",
    tests: leavings,
  },
  {
    keeps: "leavings",
    what: "a head without its first commit stays",
    code: "    await this.remove(of.id, of.incarnation);\n    return false;",
    becomes: "    return false;",
    tests: leavings,
  },
  {
    keeps: "leavings",
    what: "a head whose first commit is on its way is removed at once",
    code: "looks < LOOKS && (await this.#first(of)) === undefined",
    becomes: "looks < 0 && (await this.#first(of)) === undefined",
    tests: leavings,
  },
  {
    keeps: "leavings",
    what: "a head that its client has sent twice is taken for another's",
    code: '    if (!isPut && (await this.#head(row.id, row.incarnation)) === undefined) return "exists";',
    becomes: '    if (!isPut) return "exists";',
    tests: leavings,
  },
  {
    keeps: "leavings",
    what: "nobody looks for the first commit of a start that is to begin late",
    code: "    const isPut = await this.#table.putIfAbsent(this.#newHead(row));",
    becomes: "    const isPut = await this.#table.putIfAbsent(this.#newHead(row, row.startAt));",
    tests: leavings,
  },
  {
    keeps: "throttling",
    what: "why DynamoDB throttles is told to nobody",
    code: '    if (error instanceof Error && reasons.length > 0) error.message = `${error.message} (${reasons.join(", ")})`;\n',
    becomes: "",
    tests: ["src/adapters/dynamodb/throttling.test.ts"],
  },
  {
    keeps: "otel",
    what: "the invocations of an execution are traces of their own",
    code: "    this.traceId = parent?.traceId ?? traceIdOf(arn, startedAt);",
    becomes: "    this.traceId = parent?.traceId ?? traceIdOf(`${arn} ${Math.random()}`, startedAt);",
    tests: otel,
  },
  {
    keeps: "typed client",
    what: "an earlier version is started in the newest",
    code: "      if (version !== undefined) return { functionName, version };",
    becomes: "      if (version !== undefined) return { functionName };",
    tests: typedClient,
  },
  {
    keeps: "typed client",
    what: "whoever waits for the result of an execution that is halted waits for ever",
    code: '      const goesOn = header.status === "RUNNING" && header.halt === undefined && Date.now() < deadline;',
    becomes:
      '      const goesOn = header.status === "RUNNING" && Date.now() < deadline;\n' +
      "      await new Promise((resolve) => setTimeout(resolve, 50));",
    tests: typedClient,
  },
  {
    keeps: "command",
    what: "the headers of a signed call are not signed",
    code: '    const signedHeaders = [...headers.keys(), "host"].sort();',
    becomes: '    const signedHeaders = ["host"];',
    tests: faces,
  },
  {
    keeps: "command",
    what: "a call is signed without the session token of its key pair",
    code: '    if (sessionToken !== undefined) headers.set("X-Amz-Security-Token", sessionToken);\n',
    becomes: "    void sessionToken;\n",
    tests: faces,
  },
  {
    keeps: "emulator",
    what: "what sam says of how long an execution may take is not looked at",
    code: "present({ executionTimeoutSeconds, retentionDays })",
    becomes: "present({ retentionDays })",
    tests: ["src/homes/local/local-host.test.ts"],
  },
  {
    keeps: "offloading",
    what: "what is read from S3 is not checked against its name",
    code: "    if (key.endsWith(`/${await hashOf(bytes)}`)) return bytes;",
    becomes: '    if (key !== "") return bytes;',
    tests: offloading,
  },
  {
    keeps: "offloading",
    what: "an execution that is removed while it is read is a fault",
    code: "      if (error instanceof OffloadError && !(await isThere())) return undefined;\n",
    becomes: "",
    tests: offloading,
  },
  {
    keeps: "offloading",
    what: "what is in S3 stays when its execution is removed",
    code: "    const hadObjects = await this.#offloading?.forgetAll(stretch.partition);\n",
    becomes: "    const hadObjects = false;\n",
    tests: offloading,
  },
  {
    keeps: "offloading",
    what: "a snapshot that is kept twice is deleted the second time",
    code: "    if (objectOf(before) === undefined || objectOf(before) !== objectOf(held)) await",
    becomes: "    await",
    tests: offloading,
  },
  {
    keeps: "offloading",
    what: "a commit that was refused takes the object of the one that counts along",
    code: '    if (held !== undefined && "o" in held && of === "snapshot") await this.#offloading?.forget(held.o);',
    becomes: '    if (held !== undefined && "o" in held) await this.#offloading?.forget(held.o);',
    also: {
      code: '    if (!("write" in held)) return false;\n',
      becomes:
        '    if (!("write" in held)) {\n      await this.#parts.forget(held, place);\n      return false;\n    }\n',
    },
    tests: offloading,
  },
  {
    keeps: "emulator",
    what: "TypeScript with imports is CommonJS where npm init has said so",
    code: "    load: (url, context, next) => next(url, isModule(url, context.format) ? asModule(context) : context),",
    becomes: "    load: (url, context, next) => next(url, isModule(url, context.format) ? context : context),",
    tests: ["src/homes/local/typescript-modules.test.ts"],
  },
  {
    keeps: "long logs",
    what: "a log ends where a stretch of it does not fit into one answer",
    code: "    const isEnd = short >= 0 && found[short]?.last === undefined;",
    becomes: "    const isEnd = short >= 0;",
    tests: longLogs,
  },
  {
    keeps: "long logs",
    what: "a page has as many characters as a thousand items stand for",
    code: "at < items.length && characters < PAGE_CHARACTERS; at += READ_AT_ONCE",
    becomes: "at < items.length && characters >= 0; at += READ_AT_ONCE",
    tests: longLogs,
  },
];
