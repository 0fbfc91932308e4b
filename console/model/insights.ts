/** Where CloudWatch has what the code of an execution wrote, and the query of Logs Insights that finds it. */

export interface Insights {
  readonly region: string;
  /** The one that Lambda writes to unless the function is given another. */
  readonly logGroup: string;
  readonly query: string;
}

/** Undefined for an execution of another service than AWS's own. */
export function insightsOf(arn: string): Insights | undefined {
  const parts = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):\d{12}:function:([A-Za-z0-9_-]+)[:/]/.exec(arn);
  const [, region, name] = parts ?? [];
  if (region === undefined || name === undefined) return undefined;
  const query = [
    "fields @timestamp, level, operationName, attempt, message",
    `filter executionArn = ${JSON.stringify(arn)}`,
    "sort @timestamp asc",
  ];
  return { region, logGroup: `/aws/lambda/${name}`, query: query.join("\n| ") };
}
