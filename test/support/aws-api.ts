export { startLocalAws as startAwsApi } from '../../local/aws-api';
