import { resolve } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { buildSync } from 'esbuild';
import type { LocalAws } from '../../local/aws-api';
import { Stacks } from './support';

const CLIENT = `
const { Client } = require('pg');
exports.handler = async ({ host, user, password }) => {
  const client = new Client({ host, port: 5432, user, password, database: 'shop', ssl: true });
  try {
    await client.connect();
    return { rows: (await client.query('SELECT id FROM orders ORDER BY id')).rows };
  } catch (error) {
    return { failed: error.message };
  } finally {
    await client.end();
  }
};`;

/** Deploys a function that reads the table `orders` of the database that it is told. */
export async function deployClient(api: LocalAws, Variables: object, FunctionName: string): Promise<void> {
  const stdin = { contents: CLIENT, resolveDir: resolve(__dirname, '../..') };
  const built = buildSync({ stdin, bundle: true, platform: 'node', external: ['pg-native'], write: false });
  const stacks = new Stacks(api);
  const Code = await stacks.upload(built.outputFiles[0]?.text ?? '');
  await stacks.create(FunctionName, {
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
      },
      Client: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName,
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Timeout: 20,
          Code,
          Environment: { Variables },
        },
      },
    },
  });
}

export async function invoke(api: LocalAws, FunctionName: string, event: object): Promise<unknown> {
  const client = new LambdaClient(new Stacks(api).config);
  const { Payload } = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}
