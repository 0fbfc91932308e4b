import type { ComponentChildren, JSX } from "preact";

export interface StoryProps {
  /** One sentence or two each. */
  readonly lines: readonly string[];
  readonly children?: ComponentChildren;
}

/** The present state of an execution, in a sentence or two. */
export function Story({ lines, children }: StoryProps): JSX.Element {
  return (
    <div class="story">
      {lines.map((line, index) => (
        <p key={index}>{line}</p>
      ))}
      {children}
    </div>
  );
}
