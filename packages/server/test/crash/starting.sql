-- Signs of a server that starts on an empty Postgres database, in their order. Each answers a row once it is there.

-- the migration had begun
select pid from pg_stat_activity where application_name = 'countersign migrate' and datname = current_database();

-- the schema was there
select table_name from information_schema.tables where table_name = 'log_head';

-- the pool was connected
select pid from pg_stat_activity where application_name = 'countersign' and datname = current_database();
