const ID_BYTES = 16;

/** 128 bits from the platform's cryptographic source, as 32 lower-case hex digits. */
export function randomId(): string {
  let id = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(ID_BYTES))) id += byte.toString(16).padStart(2, "0");
  return id;
}
