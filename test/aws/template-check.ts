/** Holds a CloudFormation template against AWS's resource model: types, properties and shapes, not ranges of values. */

import { loadAwsServiceSpec } from "@aws-cdk/aws-service-spec";
import type { PropertyType, ResourceProperties, SpecDatabase } from "@aws-cdk/service-spec-types";

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

/** What is wrong with a template, each with its place. */
export async function checkTemplate(template: Template): Promise<readonly string[]> {
  const database = await loadAwsServiceSpec();
  return Object.entries(template.Resources).flatMap(([name, { Type, Properties = {} }]) => {
    const [resource] = [...database.lookup("resource", "cloudFormationType", "equals", Type)];
    if (resource === undefined) return [`${name}: there is no type ${Type}`];
    return checkProperties(database, name, resource.properties, Properties);
  });
}

function checkProperties(
  db: SpecDatabase,
  place: string,
  known: ResourceProperties,
  given: unknown,
): readonly string[] {
  if (!isObject(given)) return [`${place} must be an object`];
  const missing = Object.entries(known).filter(([name, { required }]) => required === true && !(name in given));
  return [
    ...missing.map(([name]) => `${place}.${name} is missing`),
    ...Object.entries(given).flatMap(([name, value]) => {
      const property = known[name];
      if (property === undefined) return [`${place}.${name} is no property`];
      return checkValue(db, `${place}.${name}`, property.type, value);
    }),
  ];
}

function checkValue(db: SpecDatabase, place: string, type: PropertyType, value: unknown): readonly string[] {
  if (isIntrinsic(value)) return [];
  switch (type.type) {
    case "string":
      return check(typeof value === "string", place, "a text").concat(
        check(
          type.allowedValues?.includes(value as string) !== false,
          place,
          `one of ${type.allowedValues?.join(", ")}`,
        ),
      );
    case "integer":
    case "number":
      return check(typeof value === "number", place, "a number");
    case "boolean":
      return check(typeof value === "boolean", place, "a boolean");
    case "array":
      if (!Array.isArray(value)) return check(false, place, "a list");
      return value.flatMap((item, at) => checkValue(db, `${place}[${at}]`, type.element, item));
    case "map":
      if (!isObject(value)) return check(false, place, "a map");
      return Object.entries(value).flatMap(([key, item]) => checkValue(db, `${place}.${key}`, type.element, item));
    case "ref":
      return checkProperties(db, place, db.get("typeDefinition", type.reference.$ref).properties, value);
    case "union": {
      const verdicts = type.types.map((each) => checkValue(db, place, each, value));
      return verdicts.find((verdict) => verdict.length === 0) ?? verdicts[0] ?? [];
    }
    default:
      return [];
  }
}

function check(isRight: boolean, place: string, wanted: string): string[] {
  return isRight ? [] : [`${place} must be ${wanted}`];
}

/** `{ Ref: ... }`, `{ "Fn::GetAtt": ... }`: known at the deployment only. */
function isIntrinsic(value: unknown): boolean {
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === "Ref" || keys[0]?.startsWith("Fn::") === true);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
