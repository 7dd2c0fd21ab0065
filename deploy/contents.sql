-- For psql: what a database holds, in one line of JSON. For every table the number of its rows and a sum over
-- all that is written in them (in any order, in flat memory); the migration; the head of the audit log.
SELECT format(
    $$
    SELECT json_build_object(
        'migration', (SELECT version_num FROM alembic_version),
        'head', (SELECT number || ':' || encode(mac, 'hex') FROM audit_head),
        'tables', (SELECT json_object_agg(name, json_build_object('rows', rows, 'sum', sum) ORDER BY name)
                   FROM (%s) AS counted)
    )
    $$,
    string_agg(
        format(
            'SELECT %L AS name, count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text AS sum '
            'FROM %I.%I AS t', tablename, schemaname, tablename
        ),
        ' UNION ALL '
    )
)
FROM pg_tables WHERE schemaname = 'public'
\gexec
