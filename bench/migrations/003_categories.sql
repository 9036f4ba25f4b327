CREATE TABLE public.categories (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id integer REFERENCES public.categories (id),
    name text NOT NULL,
    UNIQUE (parent_id, name)
);
