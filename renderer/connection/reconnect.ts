/** What answers at the page's own address: ConvCanvas, something that does not know this page, or nothing. */
export type Answer = 'page' | 'other' | 'nothing';

/** Milliseconds to wait for an answer. */
const PATIENCE = 5000;
/** Seconds between two tries, from the first on; the last holds for all that follow. */
const PAUSES = [1, 2, 4, 8, 15, 30] as const;

/** Seconds to wait after so many tries in vain. */
export function pauseAfter(tries: number): number {
  return PAUSES[Math.min(tries, PAUSES.length) - 1] ?? PAUSES[0];
}

/** Asks whether this page could be loaded again; to load it while nobody is there would leave the browser's error page. */
export async function askForPage(): Promise<Answer> {
  try {
    const { ok } = await fetch(window.location.href, { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE) });
    return ok ? 'page' : 'other';
  } catch {
    return 'nothing';
  }
}

export interface Reconnecting {
  /** The last answer; undefined before there was one. */
  readonly answer: Answer | undefined;
  /** Seconds until the next try; undefined while one is under way. */
  readonly pause: number | undefined;
}

/**
 * Tries until the page can be loaded again, with growing pauses.
 *
 * @param onChange called with where it is
 * @param onFound called once, at the end
 * @param waitsFirst whether the page has only just been loaded: to do that again at once would hardly help
 * @returns how to try at once, and how to stop
 */
export function keepAsking(
  onChange: (state: Reconnecting) => void,
  onFound: () => void,
  ask = askForPage,
  waitsFirst = false,
) {
  let [tries, stopped] = [0, false];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: Answer | undefined;
  let asking = false;
  const attempt = async () => {
    if (asking || stopped) return;
    asking = true;
    clearTimeout(timer);
    onChange({ answer: last, pause: undefined });
    last = await ask();
    asking = false;
    if (stopped) return;
    if (last === 'page') {
      stopped = true;
      onFound();
      return;
    }
    wait();
  };
  const wait = () => {
    tries += 1;
    const pause = pauseAfter(tries);
    onChange({ answer: last, pause });
    timer = setTimeout(() => void attempt(), 1000 * pause);
  };
  if (waitsFirst) wait();
  else void attempt();
  return {
    now: () => void attempt(),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
