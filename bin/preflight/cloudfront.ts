import {
  CloudFrontClient,
  type DistributionSummary,
  ListKeyGroupsCommand,
  ListOriginAccessControlsCommand,
  ListPublicKeysCommand,
  ListResponseHeadersPoliciesCommand,
  paginateListDistributions,
} from '@aws-sdk/client-cloudfront';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { bad, clientOptions, type Deployment, type Finding, good } from './finding.ts';

/** CloudFront and its quotas are in us-east-1, wherever the stack is ("Amazon CloudFront endpoints and quotas"). */
const options = clientOptions('us-east-1');

/** "Web distributions per AWS account". */
const distributionsQuota = { ServiceCode: 'cloudfront', QuotaCode: 'L-24B04930' };

const ownDistributions = 2;

/** Whether there is room for two more distributions, and the domain's names are free. */
export async function checkDistributions({ isFirst, settings: { domain } }: Deployment): Promise<Finding[]> {
  if (!isFirst) return [];
  const distributions = await listDistributions();
  const { Quota } = await new ServiceQuotasClient(options).send(new GetServiceQuotaCommand(distributionsQuota));
  const limit = Quota?.Value ?? 0;
  const taken = distributions.flatMap(({ Id, Aliases }) =>
    (Aliases?.Items ?? [])
      .filter((name) => name === domain?.page || name === domain?.media)
      .map((name) => ({ name, Id })),
  );
  return [
    distributions.length + ownDistributions > limit
      ? bad(
          `CloudFront has ${distributions.length} of ${limit} distributions, and ${ownDistributions} are needed. Remove some, or ask ` +
            'for more: Service Quotas, CloudFront, "Web distributions per AWS account".',
        )
      : good(`CloudFront has room for ${ownDistributions} more distributions (${distributions.length} of ${limit}).`),
    ...taken.map(({ name, Id }) => bad(`The distribution ${Id} has the name ${name}. Remove it there.`)),
  ];
}

async function listDistributions(): Promise<DistributionSummary[]> {
  const found: DistributionSummary[] = [];
  for await (const page of paginateListDistributions({ client: new CloudFrontClient(options) }, {}))
    found.push(...(page.DistributionList?.Items ?? []));
  return found;
}

/** Whether the stack's names in CloudFront, which must be unique in the account, are free. */
export async function checkNames({ isFirst, stackName, region }: Deployment): Promise<Finding[]> {
  if (!isFirst) return [];
  const client = new CloudFrontClient(options);
  // An account has at most 20 policies, 10 key groups, 10 keys, and 100 access controls ("Quotas"), so one page has all.
  const [policies, controls, groups, keys] = await Promise.all([
    client.send(new ListResponseHeadersPoliciesCommand({ Type: 'custom', MaxItems: 100 })),
    client.send(new ListOriginAccessControlsCommand({ MaxItems: 100 })),
    client.send(new ListKeyGroupsCommand({ MaxItems: 100 })),
    client.send(new ListPublicKeysCommand({ MaxItems: 100 })),
  ]);
  const names = [
    ...(policies.ResponseHeadersPolicyList?.Items ?? []).map(
      ({ ResponseHeadersPolicy }) => ResponseHeadersPolicy?.ResponseHeadersPolicyConfig?.Name,
    ),
    ...(controls.OriginAccessControlList?.Items ?? []).map(({ Name }) => Name),
    ...(groups.KeyGroupList?.Items ?? []).map(({ KeyGroup }) => KeyGroup?.KeyGroupConfig?.Name),
    ...(keys.PublicKeyList?.Items ?? []).map(({ Name }) => Name),
  ];
  const taken = names.filter((name) => name?.startsWith(`${stackName}-${region}-`));
  return taken.length > 0
    ? [bad(`CloudFront has these names already, of an earlier stack: ${taken.join(', ')}. Remove what has them.`)]
    : [good('No name of the stack is taken in CloudFront.')];
}
