/** So many users a stack has at most: each is a process, a database and a page. */
export const mostUsers = 200;
