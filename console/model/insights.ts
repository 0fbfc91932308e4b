/**
 * The log group in CloudWatch with the lines of an execution's code, and the query of Logs Insights that finds them.
 */

/** A log group and the region that it is in. */
export interface LogGroup {
  readonly region: string;
  readonly logGroup: string;
}

export interface Insights extends LogGroup {
  readonly query: string;
}

/** The one that Lambda writes to unless the function is given another; undefined outside of AWS's own service. */
export function logGroupOf(arn: string): LogGroup | undefined {
  const parts = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):\d{12}:function:([A-Za-z0-9_-]+)[:/]/.exec(arn);
  const [, region, name] = parts ?? [];
  return region === undefined || name === undefined ? undefined : { region, logGroup: `/aws/lambda/${name}` };
}

export function insightsOf(arn: string, { region, logGroup }: LogGroup): Insights {
  const query = [
    "fields @timestamp, level, operationName, attempt, message",
    `filter executionArn = ${JSON.stringify(arn)}`,
    "sort @timestamp asc",
  ];
  return { region, logGroup, query: query.join("\n| ") };
}
