import { useState } from 'react';
import { formatWhole } from '#core/format.ts';
import field from '../ui/Field.module.css';
import styles from './About.module.css';
import { matching, type ThirdParty } from './third-party.ts';

/** Packages by name, with a field that leaves those that match; each opens its licence. */
export function ThirdPartyList({ all }: { readonly all: readonly ThirdParty[] }) {
  const [typed, setTyped] = useState('');
  const shown = matching(all, typed);
  const count = shown.length < all.length ? `${formatWhole(shown.length)} of ${all.length}` : all.length || '';
  return (
    <section className={styles.parties} aria-labelledby="third-party">
      <div className={styles.search}>
        <h3 id="third-party">
          Software of others <span>{count}</span>
        </h3>
        <input
          className={field.input}
          aria-label="Name or licence"
          placeholder="Name or licence"
          value={typed}
          spellCheck={false}
          onChange={({ target }) => setTyped(target.value)}
        />
      </div>
      <div className={styles.list}>
        {shown.map((party) => (
          <Party key={`${party.name} ${party.version}`} party={party} />
        ))}
        {all.length > 0 && shown.length === 0 && <p className={styles.none}>Nothing here is called that.</p>}
      </div>
    </section>
  );
}

function Party({ party: { name, version, identifier, text } }: { readonly party: ThirdParty }) {
  // A text is laid out when it is first wanted: the longest has six thousand lines.
  const [opened, setOpened] = useState(false);
  return (
    <details className={styles.party} onToggle={() => setOpened(true)}>
      <summary>
        <strong>{name}</strong> <span>{version}</span> <span className={styles.licence}>{identifier}</span>
      </summary>
      {opened && <pre>{text}</pre>}
    </details>
  );
}
