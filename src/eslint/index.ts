/**
 * Lint rules for durable functions, for ESLint's flat configuration and for oxlint's `jsPlugins`.
 *
 * @example
 * ```js
 * // eslint.config.js
 * import perdure from "perdure/eslint";
 *
 * export default [perdure.configs.recommended];
 * ```
 */

import type { Rule } from "./linter.ts";
import { noClosureInDurableOperations } from "./rules/no-closure-in-durable-operations.ts";
import { noFloatingDurableOperations } from "./rules/no-floating-durable-operations.ts";
import { noNestedDurableOperations } from "./rules/no-nested-durable-operations.ts";
import { noNonDeterministicOutsideStep } from "./rules/no-non-deterministic-outside-step.ts";

export type { Fixer, Report, Rule, RuleContext, SourceCode, Suggestion } from "./linter.ts";

/** The names of the rules, without the plugin's. */
export type RuleName =
  | "no-closure-in-durable-operations"
  | "no-floating-durable-operations"
  | "no-nested-durable-operations"
  | "no-non-deterministic-outside-step";

/** A configuration that turns rules on, as an entry of `eslint.config.js`. */
export interface Config {
  /** Shown by linters that list what is configured. */
  readonly name: string;
  /** The plugin, under the name `perdure`. */
  readonly plugins: Readonly<Record<"perdure", Pick<Plugin, "meta" | "rules">>>;
  /** The rules that are on. */
  readonly rules: Readonly<Record<`perdure/${RuleName}`, "error" | "warn">>;
}

/** The plugin that ESLint and oxlint load. */
export interface Plugin {
  /** The plugin's name for linters. */
  readonly meta: { readonly name: string };
  /** The rules by name. */
  readonly rules: Readonly<Record<RuleName, Rule>>;
  /** The configurations. */
  readonly configs: {
    /** All rules: what they find does not work, or fails on replay. */
    readonly recommended: Config;
  };
}

const meta: Plugin["meta"] = { name: "perdure" };

const rules: Plugin["rules"] = {
  "no-closure-in-durable-operations": noClosureInDurableOperations,
  "no-floating-durable-operations": noFloatingDurableOperations,
  "no-nested-durable-operations": noNestedDurableOperations,
  "no-non-deterministic-outside-step": noNonDeterministicOutsideStep,
};

const recommended: Config = {
  name: "perdure/recommended",
  plugins: { perdure: { meta, rules } },
  rules: {
    "perdure/no-closure-in-durable-operations": "error",
    "perdure/no-floating-durable-operations": "error",
    "perdure/no-nested-durable-operations": "error",
    "perdure/no-non-deterministic-outside-step": "error",
  },
};

/** The plugin; also the default export, which is what oxlint takes. */
export const plugin: Plugin = { meta, rules, configs: { recommended } };

export { plugin as default };
