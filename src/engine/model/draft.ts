/** An object under construction: what the model declares read-only is written once, here. */
export type Draft<T> = { -readonly [Key in keyof T]: T[Key] };
