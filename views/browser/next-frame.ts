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

/** The longest rest between two runs: what comes is seen this late at most. */
const REST_MAX_MS = 250;

/**
 * The same for work that may be asked for all the time: after each run and its paint it rests as long as they took, so that half of
 * the time is left for the reader.
 */
export function atHalfTime(work: () => void): () => void {
  let atRest = false;
  let asked = false;
  const soon = onNextFrame(() => {
    const from = performance.now();
    atRest = true;
    work();
    // What is set before a paint comes after it.
    setTimeout(() => setTimeout(wake, Math.min(performance.now() - from, REST_MAX_MS)));
  });
  function wake(): void {
    atRest = false;
    if (asked) soon();
    asked = false;
  }
  return () => {
    if (atRest) asked = true;
    else soon();
  };
}
