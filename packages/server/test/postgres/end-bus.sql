select pg_terminate_backend(pid) from pg_stat_activity
where application_name = 'countersign bus' and datname = current_database()
