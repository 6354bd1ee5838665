import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { CfnAnomalySubscription } from 'aws-cdk-lib/aws-ce';
import type { Foundation } from '#lib/foundation.ts';

/** "AWS::Budgets::Budget": a budget can have up to five notifications. */
const notifications = [
  { notificationType: 'ACTUAL', threshold: 50 },
  { notificationType: 'ACTUAL', threshold: 75 },
  { notificationType: 'ACTUAL', threshold: 90 },
  { notificationType: 'FORECASTED', threshold: 100 },
] as const;

/**
 * Adds a budget, and a daily mail about unusual costs, both free. The budget is that of the whole account: one with a filter by tag counts
 * nothing and warns of nothing until somebody has activated the tag for cost allocation, and what has no tag isn't in it at all. Its
 * numbers are 8 to 12 hours old ("Managing your costs with AWS Budgets"). It has no name of ours, so that it can be replaced.
 */
export function addSpending({ stack, settings }: Foundation): void {
  const { alertEmail, monthlyBudget, anomalyMonitorArn } = settings;
  if (alertEmail === undefined) return;
  const subscriber = { address: alertEmail };
  new CfnBudget(stack, 'Budget', {
    budget: {
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: monthlyBudget, unit: 'USD' },
    },
    notificationsWithSubscribers: notifications.map((notification) => ({
      notification: { ...notification, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
      subscribers: [{ ...subscriber, subscriptionType: 'EMAIL' }],
    })),
  });
  if (anomalyMonitorArn === undefined) return;
  new CfnAnomalySubscription(stack, 'CostAnomalies', {
    subscriptionName: stack.stackName,
    monitorArnList: [anomalyMonitorArn],
    // "AWS::CE::AnomalySubscription": mails are sent daily or weekly, and only messages to a topic at once.
    frequency: 'DAILY',
    subscribers: [{ ...subscriber, type: 'EMAIL' }],
    thresholdExpression: JSON.stringify({
      Dimensions: {
        Key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
        MatchOptions: ['GREATER_THAN_OR_EQUAL'],
        Values: [String(Math.ceil(monthlyBudget / 10))],
      },
    }),
  });
}
