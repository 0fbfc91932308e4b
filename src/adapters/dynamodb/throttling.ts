/** Says in an error's message why DynamoDB has throttled, which it tells beside it. */

interface ThrottlingReason {
  readonly reason?: string;
  readonly resource?: string;
}

/** The answer to a command. If DynamoDB gave reasons for its error, they are added to the error's message. */
export async function explained<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    const reasons = error instanceof Error ? reasonsOf(error) : [];
    if (error instanceof Error && reasons.length > 0) error.message = `${error.message} (${reasons.join(", ")})`;
    throw error;
  }
}

function reasonsOf(error: Error): readonly string[] {
  const reasons: unknown = "ThrottlingReasons" in error ? error.ThrottlingReasons : undefined;
  if (!Array.isArray(reasons)) return [];
  return (reasons as readonly ThrottlingReason[]).map(
    ({ reason = "no reason given", resource }) => reason + (resource === undefined ? "" : ` of ${resource}`),
  );
}
