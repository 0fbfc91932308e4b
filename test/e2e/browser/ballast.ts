/**
 * Fills what room there is for the site, in a database of its own, to the last bytes. It does not compress. In Firefox a
 * connection that has found no room has its next transaction for deleting alone: that one is left empty.
 */
export const FILL = `new Promise((full) => {
  const opening = indexedDB.open("ballast", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("ballast", { autoIncrement: true });
  opening.onsuccess = () => put(opening.result, 1 << 20);
  function put(database, size) {
    const transaction = database.transaction("ballast", "readwrite");
    transaction.objectStore("ballast").add(crypto.getRandomValues(new Uint8Array(1 << 16)).subarray(0, Math.min(size, 1 << 16)));
    transaction.oncomplete = () => put(database, size);
    transaction.onabort = () => {
      database.transaction("ballast", "readwrite");
      if (size > 64) put(database, size >> 4);
      else full(database.close());
    };
  }
})`;

/** Gives the room back. */
export const EMPTY = `new Promise((done, fail) => {
  const deletion = indexedDB.deleteDatabase("ballast");
  deletion.onsuccess = () => done();
  deletion.onerror = () => fail(deletion.error);
})`;
