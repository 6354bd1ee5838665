import { bad, type Deployment, type Finding, good, note } from './finding.ts';

/**
 * Whether the deployment would stay on the tables in use. One with another `restored.json` goes to other tables, and what was written
 * since the restore is gone from view. The set that a restore has just made has a later name than the one in use.
 */
export function checkTables({ settings, stackName, generation }: Deployment): Finding[] {
  if (generation === undefined) return [];
  const next = settings.generation;
  if (next === generation)
    return settings.restored ? [good(`${stackName} stays on its restored tables (${generation}).`)] : [];
  // The names are times of restores, and the first set is "1", so they are in the order of their making.
  if (next > generation)
    return [note(`${stackName} goes over from the tables ${generation} to the restored ones (${next}).`)];
  return [
    bad(
      `${stackName} would go back from its restored tables (${generation}) to former ones (${next}), and all that was written since the ` +
        'restore would be gone. Fetch the commit that has restored.json for this stage, as docs/disaster-recovery.md says.',
    ),
  ];
}
