import { utf8Length } from "../engine/model/utf8.ts";
import type { FieldMatchMode, PreviewMode } from "./literals.ts";

/** A field of a value. */
export interface PreviewField {
  /** A property's name; with PATH, all names from the top, joined by dots. */
  name: string;
  /** The default is ANYWHERE. */
  match?: `${FieldMatchMode}`;
}

/** Of the lists that name a field, `exclude` goes before `mask`, and `mask` before `include`. */
export interface PreviewConfig {
  /** The treatment of fields that no list names. */
  mode: `${PreviewMode}`;
  /** Fields to show; none by default. */
  include?: PreviewField[];
  /** Fields to leave out; none by default. */
  exclude?: PreviewField[];
  /** Shown as `maskString`. */
  mask?: PreviewField[];
  /** The default is `***`. */
  maskString?: string;
  /** The default is 4096. The first field that would exceed it and all after it are left out. */
  maxPreviewBytes?: number;
}

/** A prototype is no field, and a dot within a name could not be told from one between two. */
const UNSEEN = /^(__proto__|constructor|prototype)$|\./;

/**
 * A small part of a value, for people who look at an execution whose payloads are stored elsewhere. Elements of arrays
 * share the path of their array, so the last one's fields are shown. Undefined when nothing is to be seen.
 */
export function buildPreview(value: unknown, config: PreviewConfig): Record<string, unknown> | undefined {
  const preview = {};
  let room = (config.maxPreviewBytes ?? 4096) - 2;
  for (const [path, leaf] of leaves(value, "", config)) {
    room -= utf8Length(`"${path}":${JSON.stringify(leaf)},`);
    if (room < 0) break;
    place(preview, path.split("."), leaf);
  }
  return Object.keys(preview).length > 0 ? preview : undefined;
}

function* leaves(value: unknown, prefix: string, config: PreviewConfig): Generator<[path: string, leaf: unknown]> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const element of value) yield* leaves(element, prefix, config);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (UNSEEN.test(key)) continue;
    const path = prefix ? `${prefix}.${key}` : key;
    if (names(config.exclude, path)) continue;
    if (names(config.mask, path)) yield [path, config.maskString ?? "***"];
    else if (typeof member === "object" && member !== null) yield* leaves(member, path, config);
    else if (config.mode === "INCLUDE_ALL" || names(config.include, path)) yield [path, member];
  }
}

function names(fields: readonly PreviewField[] | undefined, path: string): boolean {
  return (
    fields?.some(({ name, match }) => (match === "PATH" ? path === name : path.split(".").includes(name))) ?? false
  );
}

function place(target: Record<string, unknown>, [key = "", ...rest]: string[], leaf: unknown): void {
  if (rest.length === 0) {
    target[key] = leaf;
    return;
  }
  if (typeof target[key] !== "object" || target[key] === null) target[key] = {};
  place(target[key] as Record<string, unknown>, rest, leaf);
}
