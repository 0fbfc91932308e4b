/** A parser of TypeScript for ESLint, of the parts that need no other TypeScript than this project's. */

import { parse } from "@babel/parser";
import { analyze } from "@typescript-eslint/scope-manager";
import { visitorKeys } from "@typescript-eslint/visitor-keys";
import type { Linter } from "eslint";

export const typescriptParser: Linter.Parser = {
  meta: { name: "typescript-for-tests" },
  parseForESLint(text) {
    const { program } = parse(text, { sourceType: "module", plugins: ["typescript", "estree"], ranges: true });
    const ast = Object.assign(program as unknown as Linter.ESLintParseResult["ast"], { tokens: [], comments: [] });
    const scopeManager = analyze(ast as unknown as Parameters<typeof analyze>[0], { sourceType: "module" });
    return { ast, visitorKeys, scopeManager } as unknown as Linter.ESLintParseResult;
  },
};
