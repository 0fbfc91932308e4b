/** The messages between the page and its relay, the only part of the playground that may ask another origin. */

export interface RelayRequest {
  /** Below the address that the relay was made for. */
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type ToRelay =
  | { readonly type: "ask"; readonly call: number; readonly request: RelayRequest }
  /** The answer is not wanted any more. */
  | { readonly type: "leave"; readonly call: number };

export type FromRelay =
  | {
      readonly type: "head";
      readonly call: number;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
    }
  | { readonly type: "chunk"; readonly call: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: "end"; readonly call: number }
  /** Nothing answered, or nothing that this origin may read: the browser does not say which. */
  | { readonly type: "failed"; readonly call: number; readonly message: string };

/** The URL of a path, below an address that may itself have a path. */
export function urlBelow(address: string, path: string): URL {
  const { origin, pathname } = new URL(address);
  return new URL(`${pathname.replace(/\/+$/, "")}${path}`, origin);
}
