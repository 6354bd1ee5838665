import { Duration } from 'aws-cdk-lib';
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { cost } from '#lib/dashboards/cost.ts';
import { operations, stormDay } from '#lib/dashboards/operations.ts';
import { type Section, sectionWidgets } from '#lib/dashboards/panel.ts';
import { sourcesOf } from '#lib/dashboards/sources.ts';
import type { Foundation } from '#lib/foundation.ts';

/** Adds the dashboards that the setting `dashboards` asks for. It must be called after all that they show was added. */
export function addDashboards(foundation: Foundation): void {
  const { stack, settings } = foundation;
  const parts = operations(sourcesOf(foundation));
  const costs = cost(sourcesOf(foundation, Duration.days(1)));
  const storm = stormDay(sourcesOf(foundation));

  const layouts = {
    one: { operations: Object.values(parts) },
    three: { operations: Object.values(parts), cost: [costs], 'storm-day': [storm] },
    each: {
      ...Object.fromEntries(Object.entries(parts).map(([name, section]) => [name, [section]])),
      cost: [costs],
      'storm-day': [storm],
    },
  } satisfies Record<typeof settings.dashboards, Record<string, Section[]>>;
  for (const [name, sections] of Object.entries<readonly Section[]>(layouts[settings.dashboards]))
    new Dashboard(stack, `Dashboard-${name}`, {
      dashboardName: `${stack.stackName}-${name}`,
      defaultInterval: name === 'cost' ? Duration.days(14) : Duration.hours(3),
      widgets: sections.map(sectionWidgets).flatMap((widgets) => widgets.map((widget) => [widget])),
    });
}
