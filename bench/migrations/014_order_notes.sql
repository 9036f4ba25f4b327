ALTER TABLE public.orders ADD COLUMN note text;

ALTER TABLE public.orders ADD CONSTRAINT orders_note_is_short CHECK (length(note) <= 1000);
