import type { Tags } from "perdure/engine";
import type { JSX } from "preact";

/** Tags, each as `key=value`. */
export function TagList({ tags = {} }: { readonly tags?: Tags | undefined }): JSX.Element {
  return (
    <>
      {Object.entries(tags).map(([key, value]) => (
        <span key={key} class="tag" title={`${key}=${value}`}>
          {key}={value}
        </span>
      ))}
    </>
  );
}
