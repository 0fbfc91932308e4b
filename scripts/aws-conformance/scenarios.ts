/** AWS's scenarios: their requirements, and the functions of AWS's that are to fulfil them. */

import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import type { Requirement } from "./requirement.ts";

export interface Scenario {
  readonly suite: string;
  /** Of the requirement. */
  readonly id: string;
  readonly functionName: string;
  readonly requirement: Requirement;
}

export interface ConformanceFunction {
  readonly suite: string;
  readonly name: string;
  /** Its TypeScript. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Suites {
  readonly scenarios: readonly Scenario[];
  /** Those of the scenarios, and those that they invoke. */
  readonly functions: readonly ConformanceFunction[];
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly Type: string;
  readonly TestingMetadata?: { readonly TestDescription?: readonly string[] };
  readonly Properties?: {
    readonly Handler?: string;
    readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
  };
}

const HANDLERS = "aws-durable-execution-sdk-js/packages/aws-durable-execution-sdk-js-conformance-tests";
const REQUIREMENTS = "aws-durable-execution-conformance-tests/packages/aws-durable-execution-conformance-tests";

/** Knip's own reader of YAML: what only this script reads needs no dependency of its own. */
const fromKnip = createRequire(createRequire(import.meta.url).resolve("knip"));
const yaml = fromKnip("yaml") as { parse(text: string, options: object): unknown };

export function readSuites(folder: string): Suites {
  const suites = globSync("template_*.yaml", { cwd: join(folder, HANDLERS) }).map((path) => readSuite(folder, path));
  return {
    scenarios: suites.flatMap(({ scenarios }) => scenarios),
    functions: suites.flatMap(({ functions }) => functions),
  };
}

function readSuite(folder: string, template: string): Suites {
  const suite = /^template_(.+)\.yaml$/.exec(template)?.[1] ?? template;
  const requirements = readRequirements(folder, suite);
  const { Resources } = readYaml<Template>(join(folder, HANDLERS, template));
  const functions = Object.entries(Resources).filter(([, { Type }]) => Type === "AWS::Serverless::Function");
  return {
    functions: functions.map(([name, { Properties }]) => ({
      suite,
      name,
      file: handlerFile(folder, Properties?.Handler ?? ""),
      environment: withNames(Properties?.Environment?.Variables ?? {}),
    })),
    scenarios: functions.flatMap(([functionName, { TestingMetadata }]) =>
      (TestingMetadata?.TestDescription ?? []).map((id) => {
        const requirement = requirements.get(id);
        if (requirement === undefined) throw new Error(`There is no requirement ${id} in the suite ${suite}`);
        return { suite, id, functionName, requirement };
      }),
    ),
  };
}

function readRequirements(folder: string, suite: string): ReadonlyMap<string, Requirement> {
  const cwd = join(folder, REQUIREMENTS, "test-requirements", suite);
  const read = (path: string) => [basename(path, ".yaml"), readYaml<Requirement>(join(cwd, path))] as const;
  return new Map(globSync("**/*.yaml", { cwd }).map(read));
}

/** `Handler` names the file of a build, which is called as its source is. */
function handlerFile(folder: string, handler: string): string {
  const name = handler.replace(/\.handler$/, "");
  const [found] = globSync(`handlers/**/${name}.ts`, { cwd: join(folder, HANDLERS) });
  if (found === undefined) throw new Error(`There is no handler ${name}.ts in ${dirname(join(folder, HANDLERS))}`);
  return join(folder, HANDLERS, found);
}

/** Functions are found by their names here, not by ARNs. */
function withNames(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const named = (value: string): string => value.replaceAll(/\$\{(\w+)\.Arn\}/g, "$1");
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, named(value)]));
}

/** Tags like !Sub are CloudFormation's: their texts are taken as they stand. */
function readYaml<T>(path: string): T {
  return yaml.parse(readFileSync(path, "utf8"), { logLevel: "silent" }) as T;
}
