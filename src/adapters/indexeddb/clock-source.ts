/**
 * The clock's worker: given a number of milliseconds it answers once they have passed, and only the newest question. As
 * text, so that it takes no second file; a page whose security policy forbids that passes the address of one,
 * `perdure/browser/clock`.
 */
export const CLOCK_SOURCE = "let t;onmessage=e=>{clearTimeout(t);t=setTimeout(()=>postMessage(0),e.data)}";
