import { useEffect, useState } from 'react';

type Task = () => void;

const waiting: Task[] = [];
let running = false;

/** Runs the tasks one by one, each after the page had the time to paint and to answer. */
function runNext(): void {
  const task = waiting.shift();
  running = task !== undefined;
  if (task === undefined) return;
  task();
  afterPaint(runNext);
}

function afterPaint(task: Task): void {
  requestAnimationFrame(() => setTimeout(task));
}

/** Computes something that may come late, after the page was painted and one at a time; undefined until then. */
export function useLate<T>(compute: () => T): T | undefined {
  const [value, setValue] = useState<T>();
  useEffect(() => {
    const task = () => setValue(compute());
    waiting.push(task);
    if (!running) {
      running = true;
      afterPaint(runNext);
    }
    return () => {
      const at = waiting.indexOf(task);
      if (at !== -1) waiting.splice(at, 1);
    };
  }, [compute]);
  return value;
}
