export { type Certificate, selfSigned } from '../../local/certificate';
