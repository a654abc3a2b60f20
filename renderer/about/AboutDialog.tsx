import { useEffect, useState } from 'react';
import icon from '../../assets/icon.svg';
import { useShell } from '../app/shell.ts';
import { closeCommands, useCommands } from '../commands/command-store.ts';
import { Modal } from '../ui/Modal.tsx';
import styles from './About.module.css';
import { ThirdPartyList } from './ThirdPartyList.tsx';
import { readThirdParty, type ThirdParty } from './third-party.ts';

/** What ConvCanvas is, and what of others it holds. */
export function AboutDialog() {
  const isOpen = useCommands((state) => state.open === 'about');
  return isOpen ? <About /> : null;
}

function About() {
  const { version, runtime, shell } = useShell();
  return (
    // React Flow leaves keys alone that are pressed in a "nokey": Delete would remove layers unseen.
    <Modal title="About ConvCanvas" onClose={closeCommands} className={`${styles.popup} nokey`}>
      <div className={styles.app}>
        <img src={icon} alt="" width={44} height={44} />
        <p>
          <strong>ConvCanvas {version}</strong>
          <span>
            on {runtime}
            {shell === 'browser' && ', shown in a browser'}
          </span>
        </p>
      </div>
      <p className={styles.text}>Nothing leaves this computer: designs, pictures, weights and runs stay on it.</p>
      <p className={styles.text}>
        ConvCanvas is under the MIT licence. It holds the software of others listed here, each under its own.
        {shell === 'electron' &&
          ' Electron’s and Chromium’s licences are files beside the program: LICENSE.electron.txt and LICENSES.chromium.html.'}
      </p>
      <ThirdParties />
    </Modal>
  );
}

function ThirdParties() {
  const [found, setFound] = useState<readonly ThirdParty[] | string>();
  useEffect(() => {
    readThirdParty().then(setFound, (error: unknown) => setFound(error instanceof Error ? error.message : `${error}`));
  }, []);
  if (typeof found === 'string') {
    return (
      <p role="alert" className={styles.fault}>
        {found}
      </p>
    );
  }
  return <ThirdPartyList all={found ?? []} />;
}
