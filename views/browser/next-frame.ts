/** Runs a piece of work once before the next paint, however often it is asked for; in hidden tabs soon after. */

/** Hidden tabs do not paint: work waits at most this long there. */
const HIDDEN_WAIT_MS = 300;

export function onNextFrame(work: () => void): () => void {
  let frame = 0;
  let timer = 0;
  const run = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    timer = 0;
    work();
  };
  return () => {
    if (timer) return;
    frame = requestAnimationFrame(run);
    timer = setTimeout(run, HIDDEN_WAIT_MS);
  };
}
