import { Pause, Play, Square } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { useTraining } from './context.ts';
import { useObstacle } from './obstacle.ts';
import { isActive, shownRun, shownStatus, useRun } from './run-store.ts';
import { useTrain } from './train.ts';

/** Train, Pause, Resume and Stop: always in the same place. */
export function Controls() {
  const training = useTraining();
  const train = useTrain();
  const status = useRun(shownStatus);
  const obstacle = useObstacle();
  const canResume = useRun((state) => shownRun(state)?.canResume === true);
  const active = isActive(status);
  return (
    <>
      <Button
        kind="primary"
        icon={Play}
        onClick={train}
        disabled={active || obstacle !== undefined}
        title={obstacle ?? ''}
      >
        Train
      </Button>
      {status === 'paused' || canResume ? (
        <Button
          icon={Play}
          onClick={() => void training.resume()}
          title={canResume ? 'Goes on with the last run from its latest checkpoint' : ''}
        >
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
