import { changedTags, type TagChanges, type Tags, tooManyTags } from "../engine/model/tags.ts";

/** The tags of an execution as its code has changed them so far, recorded or not. */
export class KnownTags {
  #tags: Tags | undefined;

  constructor(tags: Tags | undefined) {
    this.#tags = tags;
  }

  /** Makes a change, or answers why it cannot be made. */
  change(changes: TagChanges): string | undefined {
    const tags = changedTags(this.#tags, changes);
    const refused = tooManyTags(Object.keys(tags));
    if (refused === undefined) this.#tags = tags;
    return refused?.message;
  }
}
