/** The template of the construct, and what is looked up in it by name. */

import { App, Stack } from "aws-cdk-lib";
import { expect } from "vitest";
import { synthesizeTemplate } from "../../scripts/aws-template.ts";
import { temporaryFolder } from "../temporary-folder.ts";

export interface AnyResource {
  readonly Type: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- templates are looked into by name
  readonly Properties: any;
}

export interface AnyTemplate {
  readonly Resources: Readonly<Record<string, AnyResource>>;
}

export const text: string = synthesizeTemplate();
export const template: AnyTemplate = JSON.parse(text) as AnyTemplate;

export function only(type: string, named = ""): AnyResource {
  const found = Object.entries(template.Resources).filter(
    ([name, { Type }]) => Type === type && name.startsWith(named),
  );
  expect(found, `${type} ${named}`).toHaveLength(1);
  return found[0]![1];
}

/** What the policy of a function allows: each action with what it is allowed on. */
export function allowedTo(functionName: string): readonly string[] {
  const { PolicyDocument } = only("AWS::IAM::Policy", `Host${functionName}ServiceRole`).Properties;
  return PolicyDocument.Statement.flatMap(({ Effect, Action, Resource }: Record<string, string | string[]>) => {
    expect(Effect).toBe("Allow");
    const places = [Resource]
      .flat()
      .map((place) => JSON.stringify(place).match(/Host[A-Za-z]+?(?=[0-9A-F]{8})|CredentialsArn/)?.[0]);
    return [Action].flat().map((action) => `${action} ${[...new Set(places)].join(" ")}`);
  });
}

/** An empty stack. CDK writes files for its app, which go with the test. */
export function newStack(): Stack {
  return new Stack(new App({ treeMetadata: false, outdir: temporaryFolder("cdk") }), "S");
}
