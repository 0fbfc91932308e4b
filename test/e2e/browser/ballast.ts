/** Fills what room there is for the site, in a database of its own, to the last bytes. It does not compress. */
export const FILL = `new Promise((full) => {
  const opening = indexedDB.open("ballast", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("ballast", { autoIncrement: true });
  opening.onsuccess = () => put(opening.result, 1 << 20);
  function put(database, size) {
    const transaction = database.transaction("ballast", "readwrite");
    transaction.objectStore("ballast").add(crypto.getRandomValues(new Uint8Array(1 << 16)).subarray(0, Math.min(size, 1 << 16)));
    transaction.oncomplete = () => put(database, size);
    transaction.onabort = () => size > 64 ? put(database, size >> 4) : (database.close(), full());
  }
})`;
