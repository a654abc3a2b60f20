import { Pause, Play, Square } from 'lucide-react';
import { useDocument } from '../document/store.ts';
import { showPanel } from '../panels/panel-store.ts';
import { Button } from '../ui/Button.tsx';
import { useTraining } from './context.ts';
import { isActive, useRun } from './run-store.ts';

/** Why training cannot start now, or undefined. */
function useObstacle(): string | undefined {
  const problems = useDocument((state) => state.report.problems.length);
  const empty = useDocument((state) => state.design.network.layers.size === 0);
  const fault = useRun((state) => state.dataFault);
  if (empty) return 'There is no network yet.';
  if (problems > 0)
    return `${problems === 1 ? 'One problem stops' : `${problems} problems stop`} training: see Problems.`;
  return fault === '' ? undefined : fault;
}

/** Train, Pause, Resume and Stop: always in the same place. */
export function Controls() {
  const training = useTraining();
  const status = useRun((state) => state.status);
  const obstacle = useObstacle();
  const active = isActive(status);
  const start = () => {
    showPanel('training');
    void training.start();
  };
  return (
    <>
      <Button
        kind="primary"
        icon={Play}
        onClick={start}
        disabled={active || obstacle !== undefined}
        title={obstacle ?? ''}
      >
        Train
      </Button>
      {status === 'paused' ? (
        <Button icon={Play} onClick={() => void training.resume()}>
          Resume
        </Button>
      ) : (
        <Button icon={Pause} onClick={() => void training.pause()} disabled={status !== 'running'}>
          Pause
        </Button>
      )}
      <Button icon={Square} onClick={() => void training.stop()} disabled={!active || status === 'stopping'}>
        Stop
      </Button>
    </>
  );
}
