import {
  Color,
  Column,
  GraphWidget,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  Row,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';

/** What one widget shows, and what whoever looks at it should think. */
export interface Panel {
  readonly title: string;
  readonly metrics: readonly IMetric[];
  /** Metrics with another unit, on the right axis. */
  readonly right?: readonly IMetric[];
  /** Shows the newest values as numbers instead of a graph. */
  readonly asNumbers?: boolean;
  readonly stacked?: boolean;
  /** A line above which something is wrong, such as a quota. */
  readonly limit?: { readonly value: number; readonly label: string };
  /** One sentence on what it looks like when all is well. */
  readonly normal: string;
  /** Where to look or what to do when it isn't so. */
  readonly otherwise: string;
}

/** Some panels under a heading. A dashboard has one or several. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** The height of a graph, of 6 unless given. */
  readonly height?: number;
}

/** A dashboard is 24 units wide. */
const width = 8;
const perRow = 24 / width;

/** The widgets of a section: its heading, and rows of panels, each with its text below. */
export function sectionWidgets({ title, panels, height = 6 }: Section): IWidget[] {
  const columns = panels.map(
    (panel) =>
      new Column(
        panelWidget(panel, height),
        new TextWidget({
          markdown: `**Normal:** ${panel.normal} **Otherwise:** ${panel.otherwise}`,
          width,
          height: 2,
        }),
      ),
  );
  const rows = Array.from({ length: Math.ceil(columns.length / perRow) }, (_, i) =>
    columns.slice(i * perRow, (i + 1) * perRow),
  );
  return [new TextWidget({ markdown: `## ${title}`, width: 24, height: 1 }), ...rows.map((row) => new Row(...row))];
}

function panelWidget(
  { title, metrics, right = [], asNumbers, stacked = false, limit }: Panel,
  height: number,
): IWidget {
  if (asNumbers) return new SingleValueWidget({ title, metrics: [...metrics], width, height });
  const annotations: HorizontalAnnotation[] = limit ? [{ ...limit, color: Color.RED }] : [];
  return new GraphWidget({
    title,
    left: [...metrics],
    right: [...right],
    leftAnnotations: annotations,
    leftYAxis: { min: 0 },
    stacked,
    width,
    height,
  });
}
