/** A change of a template that somebody has to agree to, by the label of its kind. */
export interface Finding {
  readonly kind: 'destructive' | 'broadening';
  readonly text: string;
}

/**
 * What is lost when one of these is deleted or replaced: data, messages on their way, the position in a stream, or an address that
 * clients, DNS records and people know. Everything else is made anew from the template.
 */
const stateful = new Set([
  'AWS::ApiGatewayV2::Api',
  'AWS::Backup::BackupVault',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::PublicKey',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::SSM::Parameter',
  'AWS::SecretsManager::Secret',
]);

/** A line such as `[~] AWS::DynamoDB::Table Tables/Users TablesUsers1A2B may be replaced`. */
const resourceLine = /^\[[-~]\] (\S+) (.+?) (destroy|orphan|replace|may be replaced)$/;
/** The tables in which the CDK lists what is allowed to whom. */
const securityTables = /^(IAM Statement|IAM Policy|Security Group|SSO \w+) Changes$/;

/** Finds in the text of `cdk diff` what destroys or replaces something that can't be made anew, and what broadens permissions. */
export function judge(diff: string): Finding[] {
  const findings: Finding[] = [];
  let table: string | undefined;
  for (const line of diff.split('\n')) {
    if (line && !/^[┌├└│]/.test(line)) table = securityTables.exec(line)?.[1];
    const [, type = '', id, change] = resourceLine.exec(line) ?? [];
    if (stateful.has(type)) findings.push({ kind: 'destructive', text: `${type} ${id}: ${change}` });
    if (table && /^│ \+ │/.test(line)) {
      const cells = line
        .split('│')
        .slice(2, -1)
        .map((cell) => cell.trim());
      findings.push({ kind: 'broadening', text: `${table}: ${cells.filter(Boolean).join(', ')}` });
    }
  }
  return findings;
}

/** The findings whose kind is not among the labels of the pull request. */
export function unlabelled(findings: readonly Finding[], labels: readonly string[]): Finding[] {
  return findings.filter(({ kind }) => !labels.includes(kind));
}

/** GitHub takes comments of 65 536 characters. */
const shownCharacters = 28_000;

/** The comment about the diffs of some stages, in Markdown. */
export function commentOn(diffs: readonly { stage: string; text: string }[], labels: readonly string[]): string {
  return diffs
    .map(({ stage, text }) => `### What this changes in \`${stage}\`\n\n${section(text, labels)}`)
    .join('\n\n');
}

function section(text: string, labels: readonly string[]): string {
  const findings = judge(text);
  const missing = [...new Set(unlabelled(findings, labels).map(({ kind }) => kind))];
  const list = findings.slice(0, 50).map((finding) => `- **${finding.kind}** ${finding.text}`);
  const asked = missing.map((kind) => `\`${kind}\``).join(' and ');
  return [
    ...list,
    ...(list.length ? [''] : []),
    ...(missing.length ? [`Whoever agrees to this adds the label ${asked}.`, ''] : []),
    '<details><summary>cdk diff</summary>\n',
    '~~~~',
    text.length > shownCharacters
      ? `${text.slice(0, shownCharacters)}\n… the rest is in the log of the job`
      : text.trim(),
    '~~~~\n',
    '</details>',
  ].join('\n');
}
