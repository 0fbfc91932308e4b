/** Where the platform's types say less of it than the shared code relies on. */

interface ImportMeta {
  readonly url: string;
}
