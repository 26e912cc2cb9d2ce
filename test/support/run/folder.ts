/** Names the folder for what the test files of one run share; the workers inherit it. */
export const RUN_FOLDER = 'HOLDFAST_TEST_FOLDER';
