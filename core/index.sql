-- index.sql - indexes, made after the bulk load
CREATE INDEX IF NOT EXISTS callsite_by_func ON callsite (func);
CREATE INDEX IF NOT EXISTS path_by_parent ON path (parent);
CREATE INDEX IF NOT EXISTS change_by_subject ON change (analysis, metric, scope, subject);
CREATE INDEX IF NOT EXISTS measure_by_metric ON measure (metric);
CREATE INDEX IF NOT EXISTS gogroup_by_profile ON gogroup (profile);
