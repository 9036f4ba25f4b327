CREATE TABLE public.audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    relation text NOT NULL,
    operation text NOT NULL,
    changed jsonb,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX audit_at ON public.audit USING brin (at);
