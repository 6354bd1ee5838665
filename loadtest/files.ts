/** The files of a prepared test, by their names in its folder. */
export const scriptFile = 'test.json';
export const usersFile = 'users.csv';
export const modules = 'modules';
export const engineFolder = `${modules}/artillery-engine-storm`;
/** What a task of Fargate needs besides the script and the users. */
export const includedFiles = ['index.mjs', 'package.json'].map((name) => `${engineFolder}/${name}`);
/** The environment of the script in which the engine is set. */
export const environment = 'storm';
