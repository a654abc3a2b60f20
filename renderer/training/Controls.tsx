import { Pause, Play, Square } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { useTraining } from './context.ts';
import { useObstacle } from './obstacle.ts';
import { isActive, useRun } from './run-store.ts';
import { train } from './train.ts';

/** Train, Pause, Resume and Stop: always in the same place. */
export function Controls() {
  const training = useTraining();
  const status = useRun((state) => state.status);
  const obstacle = useObstacle();
  const canContinue = useRun((state) => state.canContinue);
  const active = isActive(status);
  return (
    <>
      <Button
        kind="primary"
        icon={Play}
        onClick={() => train(training)}
        disabled={active || obstacle !== undefined}
        title={obstacle ?? ''}
      >
        Train
      </Button>
      {status === 'paused' || canContinue ? (
        <Button
          icon={Play}
          onClick={() => void training.resume()}
          title={canContinue ? 'Goes on with the last run from its latest checkpoint' : ''}
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
