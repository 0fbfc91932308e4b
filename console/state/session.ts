/**
 * The face that is looked at, and the token for it. Both stay in this tab's session storage. A link carries a secret at
 * most behind its `#`, which is sent nowhere, and which is taken out of the address before anything else happens.
 */

import { type Signal, signal } from "@preact/signals";
import { Face, type FaceAddress } from "../api/face.ts";
import { readAnswer, text } from "../views/wire/fields.ts";

const KEY = "perdure.console";

export class Session {
  /** Undefined until there is a token. */
  readonly face: Signal<Face | undefined> = signal(undefined);
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /**
   * Takes the secret out of a link that has one, or what this tab had before.
   *
   * @throws {Error} for a link that was used already.
   */
  async open(): Promise<void> {
    const [, kind, secret] = /^#(once|token)=([\w.~-]+)$/.exec(location.hash) ?? [];
    if (secret === undefined) return this.#reopen();
    history.replaceState(null, "", `${location.pathname}#/`);
    const token = kind === "token" ? decodeURIComponent(secret) : await exchanged(secret);
    this.connect({ url: "", token });
  }

  connect({ url, token }: FaceAddress): void {
    const isOwn = url === location.origin || url === "";
    const address = { url: isOwn ? "" : url.replace(/\/+$/, ""), token };
    this.#storage.setItem(KEY, JSON.stringify(address));
    this.face.value = new Face(address);
  }

  leave(): void {
    this.#storage.removeItem(KEY);
    this.face.value = undefined;
  }

  #reopen(): void {
    try {
      const { url, token } = readAnswer(this.#storage.getItem(KEY) ?? "");
      this.face.value = new Face({ url: text(url), token: text(token) });
    } catch {
      this.leave();
    }
  }
}

/** The token that a one-time link stands for. */
async function exchanged(code: string): Promise<string> {
  const response = await fetch("session", { method: "POST", body: code });
  if (!response.ok) {
    throw new Error(
      "This link has been used, or is of an earlier start. The command that printed it gives another one.",
    );
  }
  return text(readAnswer(await response.text())["token"]);
}
