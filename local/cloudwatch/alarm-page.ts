import { escapeHtml } from '../console/escape-html.ts';
import { page } from '../console/layout.ts';
import type { LocalPage } from '../console/local-page.ts';
import type { AlarmState, Alarms } from './alarms.ts';

const order = { ALARM: 0, INSUFFICIENT_DATA: 1, OK: 2 } as const;

/** Shows the states of all alarms, those that are raised first. */
export function alarmPage(alarms: Alarms): LocalPage {
  return {
    path: '/_local/alarms',
    html() {
      const states = alarms.states.sort((a, b) => order[a.state] - order[b.state]);
      const raised = states.filter(({ state }) => state === 'ALARM').length;
      return page('Alarms', `<p>${raised} of ${states.length} are raised.</p>${states.map(article).join('')}`);
    },
    json: () => ({ alarms: alarms.states.map(shownState) }),
  };
}

function shownState({ alarm: { name, description }, state, reason, since }: AlarmState) {
  return { name, description, state, reason, since: new Date(since).toISOString() };
}

function article({ alarm, state, reason, since }: AlarmState): string {
  return `<article><h2><span class="${state}">${stateText[state]}</span> ${escapeHtml(alarm.name)}</h2><p>${escapeHtml(alarm.description)}</p><p class="second">Since ${new Date(since).toISOString()}. ${escapeHtml(reason)}</p></article>`;
}

/** The state has a text, since not everybody sees the colour. */
export const stateText = { ALARM: 'In alarm', OK: 'OK', INSUFFICIENT_DATA: 'No data yet' } as const;
