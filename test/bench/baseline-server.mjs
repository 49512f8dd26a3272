/**
 * What the same machine does with the least program that could serve a turn: bare Node HTTP, one SQLite insert per
 * request, nothing else. Measured in every run, so that results of different machines can be compared as ratios. Plain
 * JavaScript, because taking the types out of TypeScript took two fifths of its start.
 * `node baseline-server.mjs <port> <database>`.
 */
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';

const [, , port = '0', path = ':memory:'] = process.argv;
const database = new DatabaseSync(path);
database.exec('pragma journal_mode = wal; pragma synchronous = full');
database.exec('create table if not exists messages (id integer primary key, content text not null)');
const insert = database.prepare('insert into messages (content) values (?)');

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    if (request.method === 'POST') insert.run(body);
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true}');
  });
});
server.listen(Number(port), '127.0.0.1');
process.once('SIGTERM', () => {
  server.closeAllConnections();
  server.close();
  database.close();
});
