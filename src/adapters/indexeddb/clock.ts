/**
 * `perdure/browser/clock`: the script of the worker that keeps time for a hidden page, for pages whose security policy
 * allows no worker made of text. It does what `CLOCK_SOURCE` does.
 */

let timer: ReturnType<typeof setTimeout> | undefined;

globalThis.onmessage = ({ data }: MessageEvent<number>): void => {
  clearTimeout(timer);
  timer = setTimeout(() => postMessage(0), data);
};
