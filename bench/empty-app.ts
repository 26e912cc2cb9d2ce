import { App, Stack } from 'aws-cdk-lib';

/** What any CDK app costs: the library, one stack without a resource. The measure of `bench synth`. */
const app = new App();
new Stack(app, 'Empty', { env: { account: '123456789012', region: 'us-east-1' } });
app.synth();
