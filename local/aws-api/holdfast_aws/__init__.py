"""The local AWS API: moto's services behind a CloudFormation engine of our own. See docs/local-api.md."""
