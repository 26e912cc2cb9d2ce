/** `arn:...:task-definition/<family>:<revision>` -> revision; 0 if it is no such ARN */
export const numberIn = (arn: string): number => Number(/:(\d+)$/.exec(arn)?.[1] ?? 0);
