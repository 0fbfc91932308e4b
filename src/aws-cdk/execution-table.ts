import type { RemovalPolicy } from "aws-cdk-lib";
import { type Attribute, AttributeType, Billing, ProjectionType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import { Key, tableDefinition, type TableDefinition } from "../adapters/dynamodb/schema.ts";

type Keys = TableDefinition["KeySchema"];

/** The table as the store defines it, which deletes what is kept too long and can be put back to any second of a month. */
export function createTable(scope: Construct, removalPolicy: RemovalPolicy): TableV2 {
  const definition = tableDefinition("");
  const types = new Map(
    definition.AttributeDefinitions.map(({ AttributeName, AttributeType: type }) => [AttributeName, type]),
  );
  const keys = (schema: Keys): { partitionKey: Attribute; sortKey: Attribute } => {
    const [partitionKey, sortKey] = schema.map(({ AttributeName: name }) => ({
      name,
      type: types.get(name) === "N" ? AttributeType.NUMBER : AttributeType.STRING,
    }));
    return { partitionKey: partitionKey as Attribute, sortKey: sortKey as Attribute };
  };
  return new TableV2(scope, "Executions", {
    ...keys(definition.KeySchema),
    billing: Billing.onDemand(),
    timeToLiveAttribute: Key.TTL,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy,
    globalSecondaryIndexes: definition.GlobalSecondaryIndexes.map(({ IndexName, KeySchema, Projection }) => ({
      indexName: IndexName,
      ...keys(KeySchema),
      ...projectionOf(Projection),
    })),
  });
}

function projectionOf(projection: { ProjectionType: string; NonKeyAttributes?: readonly string[] }): {
  projectionType: ProjectionType;
  nonKeyAttributes?: string[];
} {
  const { NonKeyAttributes } = projection;
  return NonKeyAttributes === undefined
    ? { projectionType: ProjectionType.KEYS_ONLY }
    : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...NonKeyAttributes] };
}
