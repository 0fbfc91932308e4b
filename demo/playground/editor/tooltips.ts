/** The facts about a name, as elements. Names and comments of the code come in as text. */

import { typescriptLanguage } from "@codemirror/lang-javascript";
import { highlightCode } from "@lezer/highlight";
import { colours } from "./colours.ts";
import "./tooltips.css";
import type { CallHelp, Description } from "./language/workflow-language.ts";

export function descriptionElement({ signature, documentation }: Description): HTMLElement {
  const element = document.createElement("div");
  element.className = "cm-description";
  element.append(codeElement(signature), ...paragraphs(documentation));
  return element;
}

export function callElement({ signatures, chosen, parameter }: CallHelp): HTMLElement {
  const element = document.createElement("div");
  element.className = "cm-description";
  const signature = signatures[chosen];
  if (signature === undefined) return element;
  const code = document.createElement("code");
  code.append(signature.before);
  signature.parameters.forEach(({ text }, index) => {
    const part = document.createElement(index === parameter ? "strong" : "span");
    part.textContent = text;
    code.append(...(index === 0 ? [part] : [", ", part]));
  });
  code.append(signature.after);
  element.append(code, ...paragraphs(signature.parameters[parameter]?.documentation || signature.documentation));
  return element;
}

function paragraphs(text: string): readonly HTMLElement[] {
  return text
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== "")
    .map((paragraph) => {
      const element = document.createElement("p");
      element.textContent = paragraph;
      return element;
    });
}

function codeElement(code: string): HTMLElement {
  const element = document.createElement("code");
  const put = (text: string, classes: string): void => {
    const part = document.createElement("span");
    part.className = classes;
    part.textContent = text;
    element.append(part);
  };
  highlightCode(code, typescriptLanguage.parser.parse(code), colours, put, () => element.append("\n"));
  return element;
}
