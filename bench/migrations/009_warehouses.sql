CREATE TABLE public.warehouses (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    country char(2) NOT NULL
);

INSERT INTO public.warehouses (name, country) VALUES ('North', 'SE'), ('South', 'IT');
